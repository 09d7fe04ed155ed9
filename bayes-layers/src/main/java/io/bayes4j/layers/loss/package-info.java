/**
 * Losses: how badly an output fits its targets.
 *
 * <p>Begin with {@link io.bayes4j.layers.loss.Losses}; a {@link io.bayes4j.layers.loss.Loss} of
 * your own is one method. A loss sees outputs and targets, and neither a model nor its weights: the
 * KL divergence is added by {@code train.Elbo}.
 */
@NullMarked
package io.bayes4j.layers.loss;

import org.jspecify.annotations.NullMarked;
