/**
 * The arithmetic under the layers: a facade that checks, and providers that compute.
 *
 * <p>{@link io.bayes4j.core.kernels.Kernels} is what operations call; it hands arrays that fit on
 * to the {@link io.bayes4j.core.kernels.KernelProvider} of the machine. A provider is a pure
 * function of arrays: it knows no gradient, no plan and no layer. The portable one, which is the
 * specification, lives in a package of its own. A new kernel is a method of the interface, of the
 * facade and of the two providers.
 */
@NullMarked
package io.bayes4j.core.kernels;

import org.jspecify.annotations.NullMarked;
