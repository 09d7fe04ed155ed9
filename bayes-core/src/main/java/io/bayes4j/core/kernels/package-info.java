/** The arithmetic under the layers: a facade that checks, and providers that compute. */
package io.bayes4j.core.kernels;
