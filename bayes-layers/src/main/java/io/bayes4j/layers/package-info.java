/** Layers, the blocks that hold them, and the pass that runs through them. */
package io.bayes4j.layers;
