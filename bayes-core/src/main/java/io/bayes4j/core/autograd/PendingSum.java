package io.bayes4j.core.autograd;

import io.bayes4j.core.kernels.Elementwise;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sum of two arrays of one shape, which a ReLU may follow. */
final class PendingSum extends Pending {
  private final Var a;
  private final Var b;

  private PendingSum(Var a, Var b) {
    super(a.shape());
    this.a = a;
    this.b = b;
  }

  static Var of(Var a, Var b) {
    return Var.result(
        new PendingSum(a, b),
        List.of(a, b),
        (g, sink) -> {
          sink.pass(a, g);
          sink.pass(b, g);
        });
  }

  @Override
  INDArray compute() {
    return Elementwise.add(a.value(), b.value());
  }

  @Override
  Optional<Var> relu() {
    return a.pending()
        .flatMap(p -> p.plusRelu(b))
        .or(() -> b.pending().flatMap(p -> p.plusRelu(a)))
        .or(() -> Optional.of(addRelu()));
  }

  private Var addRelu() {
    INDArray y = Elementwise.addRelu(a.value(), b.value());
    return Var.result(
        y, List.of(a, b), (g, sink) -> sink.share(Elementwise.reluGradient(y, g), a, b));
  }
}
