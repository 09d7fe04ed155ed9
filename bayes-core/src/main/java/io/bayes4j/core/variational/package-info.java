/**
 * Gaussian posteriors over weights, their priors, and the KL divergence between the two.
 *
 * <p>Begin with {@link io.bayes4j.core.variational.VariationalParameter}: a {@link
 * io.bayes4j.core.variational.GaussianPosterior}, which draws weights, beside a {@link
 * io.bayes4j.core.variational.Prior}. A prior of your own implements that interface, or extends
 * {@link io.bayes4j.core.variational.DensityPrior}. It knows weights as arrays, and no layer.
 */
@NullMarked
package io.bayes4j.core.variational;

import org.jspecify.annotations.NullMarked;
