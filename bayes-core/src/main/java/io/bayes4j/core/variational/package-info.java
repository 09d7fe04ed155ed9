/** Gaussian posteriors over weights, their priors, and the KL divergence between the two. */
package io.bayes4j.core.variational;
