/** Bayesian layers: a mean and a spread for every weight. */
@NullMarked
package io.bayes4j.layers.variational;

import org.jspecify.annotations.NullMarked;
