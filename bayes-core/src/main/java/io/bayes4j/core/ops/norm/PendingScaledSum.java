package io.bayes4j.core.ops.norm;

import io.bayes4j.core.graph.Pending;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Value;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * a + b * factors, with one factor for each example and channel, and perhaps a ReLU behind it. What
 * follows is handed on to the two terms where they can do it, so that flipout's two convolutions
 * take in what one would.
 */
final class PendingScaledSum extends Pending {
  private final Var a;
  private final Var b;
  private final INDArray factors;
  private final boolean relu;

  PendingScaledSum(Var a, Var b, INDArray factors) {
    this(a, b, factors, false, Kernels.provider());
  }

  private PendingScaledSum(Var a, Var b, INDArray factors, boolean relu, KernelProvider provider) {
    super(b.shape(), provider);
    this.a = a;
    this.b = b;
    this.factors = factors;
    this.relu = relu;
  }

  private PendingScaledSum with(Var first, Var second, boolean positive) {
    return new PendingScaledSum(first, second, factors, positive, provider());
  }

  @Override
  protected List<Var> reads() {
    return List.of(a, b);
  }

  @Override
  protected INDArray compute() {
    INDArray last = Value.of(b).activation();
    INDArray first = last.dataType() == DataType.FLOAT ? a.value() : Value.of(a).factor();
    return Kernels.addScaled(first, last, factors, relu);
  }

  @Override
  protected boolean ownsResult() {
    return true;
  }

  @Override
  public Optional<Pending> withRelu(Predicate<Var> alone) {
    return relu ? Optional.empty() : Optional.of(with(a, b, true));
  }

  @Override
  public Optional<Pending> withSum(Var addend, Predicate<Var> alone) {
    return relu || !alone.test(a)
        ? Optional.empty()
        : Plan.pending(a)
            .flatMap(p -> p.withSum(addend, alone))
            .map(sum -> with(Plan.waitingForOne(sum), b, false));
  }

  @Override
  public Optional<Pending> withAffine(
      INDArray scale, @Nullable INDArray shift, Predicate<Var> alone) {
    if (relu || !alone.test(a) || !alone.test(b)) {
      return Optional.empty();
    }
    return Plan.pending(a)
        .flatMap(p -> p.withAffine(scale, shift, alone))
        .flatMap(
            mean ->
                Plan.pending(b)
                    .flatMap(p -> p.withAffine(scale, null, alone))
                    .map(
                        delta -> with(Plan.waitingForOne(mean), Plan.waitingForOne(delta), false)));
  }
}
