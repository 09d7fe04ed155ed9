/** Losses: how badly an output fits its targets. */
package io.bayes4j.layers.loss;
