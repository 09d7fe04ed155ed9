package io.bayes4j.core.autograd;

import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.kernels.KernelProvider.ResidualGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Operands;
import java.util.List;
import java.util.Optional;
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

  private BatchNorm forward;

  /** Mean and variance of the batch, known once the result is. */
  private static final class Statistics {
    private BatchNorm from;
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
    Operands.requireBatchNorm(x.value(), scale.value(), shift.value(), epsilon);
    return new PendingNorm(x, scale, shift, epsilon, false, new Statistics());
  }

  Var result() {
    return Var.result(this, List.of(x, scale, shift), this::backward);
  }

  /** The batch's mean and variance; the result need not have been asked for. */
  BatchNorm statistics() {
    if (statistics.from == null) {
      get();
    }
    return statistics.from;
  }

  @Override
  INDArray compute() {
    INDArray in = x.value();
    forward =
        relu
            ? Kernels.provider().batchNormRelu(in, scale.value(), shift.value(), epsilon)
            : Kernels.provider().batchNorm(in, scale.value(), shift.value(), epsilon);
    statistics.from = forward;
    return forward.y();
  }

  private void backward(INDArray g, Gradients.Sink sink) {
    BatchNormGradients all =
        relu
            ? Kernels.provider()
                .batchNormReluBackward(x.value(), g, scale.value(), forward, epsilon)
            : Kernels.provider().batchNormBackward(x.value(), g, scale.value(), forward, epsilon);
    put(all, sink);
  }

  private void put(BatchNormGradients all, Gradients.Sink sink) {
    sink.add(x, all.x());
    sink.add(scale, all.scale());
    sink.add(shift, all.shift());
  }

  @Override
  Optional<Var> plusRelu(Var addend) {
    if (relu) {
      return Optional.empty();
    }
    BatchNorm sum =
        Kernels.provider()
            .batchNormAddRelu(x.value(), scale.value(), shift.value(), addend.value(), epsilon);
    statistics.from = sum;
    return Optional.of(
        Var.result(
            sum.y(),
            List.of(x, scale, shift, addend),
            (g, sink) -> {
              ResidualGradients all =
                  Kernels.provider()
                      .batchNormAddReluBackward(x.value(), g, scale.value(), sum, epsilon);
              put(all.norm(), sink);
              sink.add(addend, all.addend());
            }));
  }

  @Override
  Optional<Var> relu() {
    return Optional.of(new PendingNorm(x, scale, shift, epsilon, true, statistics).result())
        .filter(y -> !relu);
  }
}
