/** Losses: how badly an output fits its targets. */
@NullMarked
package io.bayes4j.layers.loss;

import org.jspecify.annotations.NullMarked;
