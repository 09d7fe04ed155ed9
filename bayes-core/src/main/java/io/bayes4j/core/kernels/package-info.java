/** The arithmetic under the layers: a facade that checks, and providers that compute. */
@NullMarked
package io.bayes4j.core.kernels;

import org.jspecify.annotations.NullMarked;
