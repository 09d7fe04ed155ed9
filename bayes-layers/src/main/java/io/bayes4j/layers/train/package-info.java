/** Training by the evidence lower bound: data sets, the loop, its history and checkpoints. */
package io.bayes4j.layers.train;
