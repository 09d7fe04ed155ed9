/** Architectures, each written once for plain and Bayesian layers. */
package io.bayes4j.layers.zoo;
