/** Layers, the blocks that hold them, and the pass that runs through them. */
@NullMarked
package io.bayes4j.layers;

import org.jspecify.annotations.NullMarked;
