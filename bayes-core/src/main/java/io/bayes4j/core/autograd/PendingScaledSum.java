package io.bayes4j.core.autograd;

import io.bayes4j.core.kernels.Kernels;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * a + b * factors, with one factor for each example and channel. What follows is handed on to the
 * two terms where they can do it, so that flipout's two convolutions take in what one would.
 */
final class PendingScaledSum extends Pending {
  private final Var a;
  private final Var b;
  private final INDArray factors;

  private PendingScaledSum(Var a, Var b, INDArray factors) {
    super(b.shape());
    this.a = a;
    this.b = b;
    this.factors = factors;
  }

  static Var of(Var a, Var b, INDArray factors) {
    return new PendingScaledSum(a, b, factors).result();
  }

  private Var result() {
    return Var.result(this, inputs(), this::backward);
  }

  private List<Var> inputs() {
    return List.of(a, b);
  }

  private void backward(INDArray g, Gradients.Sink sink) {
    sink.add(b, () -> Kernels.channelScale(g, factors));
    sink.pass(a, g);
  }

  @Override
  boolean takesRoundedGradient() {
    return true;
  }

  @Override
  INDArray compute() {
    return compute(false);
  }

  private INDArray compute(boolean relu) {
    INDArray last = b.activation();
    INDArray first = last.dataType() == DataType.FLOAT ? a.value() : a.factor();
    return Kernels.addScaled(first, last, factors, relu);
  }

  @Override
  Optional<Var> relu() {
    return Var.recorded(inputs())
        ? Optional.empty()
        : Optional.of(Var.result(compute(true), List.of(), (g, sink) -> {}));
  }

  @Override
  Optional<Var> plus(Var addend) {
    return Var.recorded(List.of(a, b, addend))
        ? Optional.empty()
        : a.pending().flatMap(p -> p.plus(addend)).map(sum -> of(sum, b, factors));
  }

  @Override
  Optional<Var> affine(INDArray scale, INDArray shift) {
    if (Var.recorded(inputs())) {
      return Optional.empty();
    }
    return a.pending()
        .flatMap(p -> p.affine(scale, shift))
        .flatMap(
            mean ->
                b.pending()
                    .flatMap(p -> p.affine(scale, null))
                    .map(delta -> of(mean, delta, factors)));
  }
}
