/**
 * Optimizers, which turn gradients into updates, and schedules of their numbers.
 *
 * <p>Begin with {@link io.bayes4j.layers.optim.Adam}, or {@link io.bayes4j.layers.optim.Ivon} for
 * posteriors without a second backward pass. An optimizer knows parameters by name and their
 * gradients, and no layer; nothing but training knows optimizers.
 */
@NullMarked
package io.bayes4j.layers.optim;

import org.jspecify.annotations.NullMarked;
