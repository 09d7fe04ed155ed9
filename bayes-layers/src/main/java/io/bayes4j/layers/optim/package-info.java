/** Optimizers, which turn gradients into updates, and schedules of their numbers. */
@NullMarked
package io.bayes4j.layers.optim;

import org.jspecify.annotations.NullMarked;
