/**
 * Elementwise kernels of Gaussian posteriors; not part of the public API and without any promise of
 * stability.
 */
@NullMarked
package io.bayes4j.core.variational.internal;

import org.jspecify.annotations.NullMarked;
