package io.bayes4j.core.ops.conv;

import io.bayes4j.core.graph.Pending;
import io.bayes4j.core.graph.Value;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution in a prediction, and what follows it: relu((conv(x) * scale + shift) + addend),
 * each part optional. The scale and shift become part of the weights, which are far smaller than
 * the result.
 */
public final class PendingConvolution extends Pending {
  private final Var x;
  private final Foldable weights;
  private final @Nullable Var addend;
  private final boolean relu;

  /** A convolution by weights that a scale and shift of the units can become part of. */
  public interface Foldable {
    /** The same, its result scaled and shifted by vectors [U]; a null shift is zero. */
    Foldable then(INDArray scale, @Nullable INDArray shift);

    INDArray conv(INDArray x, Epilogue epilogue);
  }

  private PendingConvolution(
      Var x,
      Foldable weights,
      @Nullable Var addend,
      boolean relu,
      long[] shape,
      KernelProvider provider) {
    super(shape, provider);
    this.x = x;
    this.weights = weights;
    this.addend = addend;
    this.relu = relu;
  }

  /** A convolution whose operands have been checked. */
  static PendingConvolution of(
      Var x, INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    long[] shape = geometry.outputShape(x.shape(), weight.size(0));
    return of(x, SharedKernel.of(weight, bias, geometry), shape);
  }

  /**
   * A convolution whose operands have been checked.
   *
   * @param shape of its result
   */
  public static PendingConvolution of(Var x, Foldable weights, long[] shape) {
    return new PendingConvolution(x, weights, null, false, shape, Kernels.provider());
  }

  private PendingConvolution with(Foldable otherWeights, @Nullable Var sum, boolean positive) {
    return new PendingConvolution(x, otherWeights, sum, positive, shape(), provider());
  }

  @Override
  protected List<Var> reads() {
    return addend == null ? List.of(x) : List.of(x, addend);
  }

  @Override
  protected INDArray compute() {
    INDArray in = Value.of(x).factor();
    return weights.conv(in, new Epilogue(addend == null ? null : Value.of(addend).factor(), relu));
  }

  @Override
  protected boolean ownsResult() {
    return true;
  }

  @Override
  protected Optional<Var> overwritable() {
    return Optional.ofNullable(addend);
  }

  @Override
  protected INDArray overwrite() {
    Value term = Value.of(Objects.requireNonNull(addend));
    return Kernels.with(
        provider(),
        () -> {
          INDArray in = Value.of(x).factor();
          INDArray added = term.factor();
          term.handOver(added);
          INDArray y = weights.conv(in, new Epilogue(added, relu, true));
          if (y != added) {
            Arena.release(added);
          }
          return y;
        });
  }

  @Override
  public Optional<Pending> withRelu(Predicate<Var> alone) {
    return relu ? Optional.empty() : Optional.of(with(weights, addend, true));
  }

  @Override
  public Optional<Pending> withSum(Var other, Predicate<Var> alone) {
    return relu || addend != null ? Optional.empty() : Optional.of(with(weights, other, false));
  }

  @Override
  public Optional<Pending> withAffine(
      INDArray scale, @Nullable INDArray shift, Predicate<Var> alone) {
    return relu || addend != null
        ? Optional.empty()
        : Optional.of(with(weights.then(scale, shift), null, false));
  }
}
