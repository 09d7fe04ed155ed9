/** Gaussian posteriors over weights, their priors, and the KL divergence between the two. */
@NullMarked
package io.bayes4j.core.variational;

import org.jspecify.annotations.NullMarked;
