/**
 * The operations of a network, one family to a class, each with its backward rule beside it.
 *
 * <p>{@link io.bayes4j.core.ops.Ops} has the sums, products and shapes, {@link
 * io.bayes4j.core.ops.Activations} the functions of one array, {@link
 * io.bayes4j.core.ops.Classification} the losses. An operation checks its operands, records itself
 * in the {@linkplain io.bayes4j.core.graph graph} and leaves the arithmetic to the {@linkplain
 * io.bayes4j.core.kernels kernels}. It knows of no layer and no distribution.
 */
@NullMarked
package io.bayes4j.core.ops;

import org.jspecify.annotations.NullMarked;
