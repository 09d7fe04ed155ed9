/** Training by the evidence lower bound: data sets, the loop, its history and checkpoints. */
@NullMarked
package io.bayes4j.layers.train;

import org.jspecify.annotations.NullMarked;
