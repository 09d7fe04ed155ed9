/**
 * Architectures, each written once for plain and Bayesian layers.
 *
 * <p>Begin with {@link io.bayes4j.layers.zoo.Zoo}; a {@link io.bayes4j.layers.zoo.LayerFactory}
 * decides which layers a network is made of. They are blocks as a user would write them, and have
 * no way to memory or kernels that others lack.
 */
@NullMarked
package io.bayes4j.layers.zoo;

import org.jspecify.annotations.NullMarked;
