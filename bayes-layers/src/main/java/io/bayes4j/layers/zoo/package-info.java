/** Architectures, each written once for plain and Bayesian layers. */
@NullMarked
package io.bayes4j.layers.zoo;

import org.jspecify.annotations.NullMarked;
