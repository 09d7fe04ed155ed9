package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Deferred;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Pending;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Elementwise;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sum of two arrays of one shape, which a ReLU may follow. */
final class PendingSum extends Pending {
  private final Var a;
  private final Var b;

  PendingSum(Var a, Var b) {
    super(a.shape());
    this.a = a;
    this.b = b;
  }

  static void backward(INDArray g, Var a, Var b, Gradients.Sink sink) {
    sink.pass(a, g);
    sink.pass(b, g);
  }

  @Override
  protected INDArray compute() {
    return Elementwise.add(a.value(), b.value());
  }

  @Override
  protected boolean ownsResult() {
    return true;
  }

  @Override
  public Optional<Var> relu() {
    return Plan.pending(a)
        .flatMap(p -> p.plusRelu(b))
        .or(() -> Plan.pending(b).flatMap(p -> p.plusRelu(a)))
        .or(() -> Optional.of(addRelu()));
  }

  private Var addRelu() {
    INDArray y = Elementwise.addRelu(a.value(), b.value());
    return Var.result(
        y, List.of(a, b), (g, sink) -> sink.share(Elementwise.reluGradient(y, g), a, b));
  }

  @Override
  protected List<Var> reads() {
    return List.of(a, b);
  }

  @Override
  protected Pending simplified(Predicate<Var> alone) {
    return Plan.only(a, alone)
        .flatMap(p -> p.withSum(b, alone))
        .or(() -> Plan.only(b, alone).flatMap(p -> p.withSum(a, alone)))
        .orElse(this);
  }

  @Override
  public Optional<Pending> withRelu(Predicate<Var> alone) {
    return Optional.of(new Deferred(shape(), reads(), this::addRelu, Deferred.Joining.NONE));
  }
}
