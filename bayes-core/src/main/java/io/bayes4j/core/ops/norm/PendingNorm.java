package io.bayes4j.core.ops.norm;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Pending;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Value;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Operands;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch normalisation with the batch's statistics, which a ReLU may follow. */
final class PendingNorm extends Pending {
  private final Var x;
  private final Var scale;
  private final Var shift;
  private final double epsilon;
  private final boolean relu;

  /** Whichever of the two, with or without the ReLU, was computed first. */
  private final Statistics statistics;

  private @Nullable BatchNorm forward;

  /** Mean and variance of the batch, known once the result is. */
  private static final class Statistics {
    private @Nullable BatchNorm from;
  }

  private PendingNorm(
      Var x, Var scale, Var shift, double epsilon, boolean relu, Statistics statistics) {
    super(x.shape());
    this.x = x;
    this.scale = scale;
    this.shift = shift;
    this.epsilon = epsilon;
    this.relu = relu;
    this.statistics = statistics;
  }

  static PendingNorm of(Var x, Var scale, Var shift, double epsilon) {
    Operands.requireBatchNorm(x.shape(), scale.value(), shift.value(), epsilon);
    return new PendingNorm(x, scale, shift, epsilon, false, new Statistics());
  }

  Var result() {
    return Plan.deferred(this, List.of(x, scale, shift), this::backward);
  }

  /** The batch's mean and variance; the result need not have been asked for. */
  BatchNorm statistics() {
    if (statistics.from == null) {
      get();
    }
    return Objects.requireNonNull(statistics.from);
  }

  @Override
  protected INDArray compute() {
    forward =
        Kernels.provider()
            .batchNorm(Value.of(x).activation(), scale.value(), shift.value(), epsilon, after());
    statistics.from = forward;
    return forward.y();
  }

  private Epilogue after() {
    return relu ? Epilogue.RELU : Epilogue.NONE;
  }

  @Override
  protected List<Var> reads() {
    return List.of(x, scale, shift);
  }

  @Override
  public Optional<Pending> withRelu(Predicate<Var> alone) {
    return relu
        ? Optional.empty()
        : Optional.of(new PendingNorm(x, scale, shift, epsilon, true, statistics));
  }

  @Override
  protected boolean takesRoundedGradient() {
    return true;
  }

  private void backward(INDArray gradient, Gradients.Sink sink) {
    put(gradients(gradient, Objects.requireNonNull(forward), after()), sink);
  }

  private BatchNormGradients gradients(INDArray gradient, BatchNorm result, Epilogue after) {
    INDArray in = Value.of(x).activation();
    INDArray g = Kernels.ensureType(gradient, in.dataType());
    return Kernels.provider().batchNormBackward(in, g, scale.value(), result, epsilon, after);
  }

  private void put(BatchNormGradients all, Gradients.Sink sink) {
    sink.add(x, all.x());
    sink.add(scale, all.scale());
    sink.add(shift, all.shift());
  }

  @Override
  public Optional<Var> plusRelu(Var addend) {
    if (relu) {
      return Optional.empty();
    }
    INDArray in = Value.of(x).activation();
    INDArray added = in.dataType() == DataType.FLOAT ? addend.value() : Value.of(addend).factor();
    Epilogue sumAndRelu = new Epilogue(added, true);
    BatchNorm sum =
        Kernels.provider().batchNorm(in, scale.value(), shift.value(), epsilon, sumAndRelu);
    statistics.from = sum;
    return Optional.of(
        Value.activation(
            sum.y(),
            List.of(x, scale, shift, addend),
            (gradient, sink) -> {
              BatchNormGradients all = gradients(gradient, sum, sumAndRelu);
              put(all, sink);
              sink.add(addend, Objects.requireNonNull(all.addend()));
            }));
  }

  @Override
  public Optional<Var> relu() {
    return Optional.of(new PendingNorm(x, scale, shift, epsilon, true, statistics).result())
        .filter(y -> !relu);
  }
}
