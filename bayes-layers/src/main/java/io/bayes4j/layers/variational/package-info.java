/**
 * Bayesian layers: a mean and a spread for every weight.
 *
 * <p>A {@link io.bayes4j.layers.variational.VariationalSpec} says how weights begin and what their
 * prior is, an {@link io.bayes4j.layers.variational.Estimator} how a pass draws them. The classes
 * named after a layer and an estimator, such as {@link
 * io.bayes4j.layers.variational.LinearFlipout}, are constructors of {@link
 * io.bayes4j.layers.variational.VariationalAffine} and nothing else. They know plain layers, and
 * neither losses nor training.
 */
@NullMarked
package io.bayes4j.layers.variational;

import org.jspecify.annotations.NullMarked;
