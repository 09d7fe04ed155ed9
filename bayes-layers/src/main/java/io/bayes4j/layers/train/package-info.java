/**
 * Training by the evidence lower bound: data sets, the loop, its history and checkpoints.
 *
 * <p>Begin with {@link io.bayes4j.layers.train.Trainer} and a {@link
 * io.bayes4j.layers.train.Dataset}; {@link io.bayes4j.layers.train.Elbo} is the loss for a loop of
 * your own. It takes any layer, loss and optimizer, and knows no kind of them.
 */
@NullMarked
package io.bayes4j.layers.train;

import org.jspecify.annotations.NullMarked;
