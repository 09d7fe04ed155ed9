package io.bayes4j.core.autograd;

import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A result that waits to be asked for, and what the operation that follows can be done together
 * with it.
 *
 * <p>Shapes have been checked when it is made, so that bad input fails where it is given.
 */
abstract class Pending {
  private final KernelProvider provider = Kernels.provider();
  private final long[] shape;

  Pending(long[] shape) {
    this.shape = shape;
  }

  final long[] shape() {
    return shape;
  }

  /** Computes the result with the provider that was chosen when the operation was called. */
  final INDArray get() {
    return Kernels.with(provider, this::compute);
  }

  abstract INDArray compute();

  /** Whether the backward rule takes a gradient in the type of the result, too. */
  boolean takesRoundedGradient() {
    return false;
  }

  /** Whether what {@link #compute} returns is its own: nobody else has, or will be given, it. */
  boolean ownsResult() {
    return false;
  }

  /** max(result, 0). */
  Optional<Var> relu() {
    return Optional.empty();
  }

  /** Result plus an array of its shape. */
  Optional<Var> plus(Var addend) {
    return Optional.empty();
  }

  /** As {@link #plus}, where nobody reads the addend after the sum. */
  Optional<Var> plusLast(Var addend) {
    return plus(addend);
  }

  /** max(result + an array of its shape, 0). */
  Optional<Var> plusRelu(Var addend) {
    return Optional.empty();
  }

  /** Result * scale + shift by channel; a null shift is zero. */
  Optional<Var> affine(INDArray scale, INDArray shift) {
    return Optional.empty();
  }
}
