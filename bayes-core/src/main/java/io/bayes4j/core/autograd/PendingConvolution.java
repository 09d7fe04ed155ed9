package io.bayes4j.core.autograd;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.memory.Arena;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution in a prediction, and what has been asked of its result so far: relu((conv(x) *
 * scale + shift) + addend), each part optional. The scale and shift become part of the weights,
 * which are far smaller than the result.
 */
final class PendingConvolution extends Pending {
  private final Var x;
  private final Foldable weights;
  private final Var addend;
  private final boolean relu;

  /** Whether nobody reads the addend after the sum. */
  private final boolean last;

  /** A convolution by weights that a scale and shift of the units can become part of. */
  interface Foldable {
    /** The same, its result scaled and shifted by vectors [U]; a null shift is zero. */
    Foldable then(INDArray scale, INDArray shift);

    INDArray conv(INDArray x, Epilogue epilogue);
  }

  private PendingConvolution(
      Var x, Foldable weights, long[] shape, Var addend, boolean relu, boolean last) {
    super(shape);
    this.x = x;
    this.weights = weights;
    this.addend = addend;
    this.relu = relu;
    this.last = last;
  }

  /** A convolution whose operands have been checked and that takes no gradient. */
  static Var of(Var x, INDArray weight, INDArray bias, ConvGeometry geometry) {
    long[] shape = geometry.outputShape(x.shape(), weight.size(0));
    return of(x, SharedKernel.of(weight, bias, geometry), shape);
  }

  /**
   * A convolution whose operands have been checked and that takes no gradient.
   *
   * @param shape of its result
   */
  static Var of(Var x, Foldable weights, long[] shape) {
    return constant(new PendingConvolution(x, weights, shape, null, false, false));
  }

  private static Var constant(Pending pending) {
    return Var.result(pending, List.of(), null);
  }

  @Override
  INDArray compute() {
    // First, since what waits to be computed may read the addend too.
    INDArray in = x.factor();
    INDArray added = addend == null ? null : addend.factor();
    if (!last || !addend.ownsMemory()) {
      return weights.conv(in, new Epilogue(added, relu));
    }
    addend.handOver(added);
    INDArray y = weights.conv(in, new Epilogue(added, relu, true));
    if (y != added) {
      Arena.release(added);
    }
    return y;
  }

  @Override
  boolean ownsResult() {
    return true;
  }

  @Override
  Optional<Var> relu() {
    return relu
        ? Optional.empty()
        : Optional.of(constant(new PendingConvolution(x, weights, shape(), addend, true, last)));
  }

  @Override
  Optional<Var> plus(Var other) {
    return plus(other, false);
  }

  @Override
  Optional<Var> plusLast(Var other) {
    return plus(other, !Gradients.recording());
  }

  private Optional<Var> plus(Var other, boolean nobodyReadsIt) {
    return relu || addend != null || Var.recorded(List.of(other))
        ? Optional.empty()
        : Optional.of(
            constant(new PendingConvolution(x, weights, shape(), other, false, nobodyReadsIt)));
  }

  @Override
  Optional<Var> affine(INDArray scale, INDArray shift) {
    return relu || addend != null
        ? Optional.empty()
        : Optional.of(of(x, weights.then(scale, shift), shape()));
  }
}
