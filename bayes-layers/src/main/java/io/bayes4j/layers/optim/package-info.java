/** Optimizers, which turn gradients into updates, and schedules of their numbers. */
package io.bayes4j.layers.optim;
