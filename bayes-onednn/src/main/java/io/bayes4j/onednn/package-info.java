/**
 * The heavy kernels on oneDNN, found by {@link java.util.ServiceLoader} where this module is on the
 * class path.
 *
 * <p>{@link io.bayes4j.onednn.OneDnn} is the provider, and all that others see; what it cannot do
 * faster it leaves to the provider beneath it. It knows arrays and geometries: no gradient, no
 * plan, no layer.
 */
@NullMarked
package io.bayes4j.onednn;

import org.jspecify.annotations.NullMarked;
