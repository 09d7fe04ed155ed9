/**
 * The portable kernels: what every machine can compute, on ND4J's operators and in loops of Java.
 *
 * <p>{@link io.bayes4j.core.kernels.portable.Nd4jKernels} is the provider and the one entry; {@code
 * Kernels.portable()} hands it out. A loop here knows arrays, memory and threads, and what
 * describes a kernel; no facade, no other provider, no operation.
 */
@NullMarked
package io.bayes4j.core.kernels.portable;

import org.jspecify.annotations.NullMarked;
