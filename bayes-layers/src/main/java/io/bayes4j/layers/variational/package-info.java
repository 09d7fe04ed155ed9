/** Bayesian layers: a mean and a spread for every weight. */
package io.bayes4j.layers.variational;
