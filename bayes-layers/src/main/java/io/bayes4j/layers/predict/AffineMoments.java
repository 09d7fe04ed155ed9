package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.norm.Normalizations;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Pass;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean and variance of sums of weights times independent numbers. What has to be made of the
 * weights is made once for all scopes of {@link Plan} that share it.
 */
final class AffineMoments {
  private AffineMoments() {}

  /** What is made of a layer or its weights, which are compared by identity. */
  private record Made(Object of, String what) {}

  private static Var once(Object of, String what, Supplier<INDArray> maker) {
    INDArray made = Plan.prepared().once(new Made(of, what), List.of(), () -> Plan.off(maker));
    return Var.constant(made);
  }

  private static Var mean(VariationalParameter weight) {
    return once(weight, "mean", () -> weight.posterior().mean().value());
  }

  private static Var variance(VariationalParameter weight) {
    return once(
        weight, "variance", () -> Ops.square(weight.posterior().standardDeviation()).value());
  }

  /** What unsure weights make of a certain or an uncertain input. */
  static GaussianMoments of(
      AffineOp op,
      GaussianMoments in,
      VariationalParameter weight,
      @Nullable VariationalParameter bias) {
    Var means = op.apply(in.mean(), new Weights(mean(weight), bias == null ? null : mean(bias)));
    return new GaussianMoments(means, spread(op, in, weight, bias == null ? null : variance(bias)));
  }

  private static Var spread(
      AffineOp op, GaussianMoments in, VariationalParameter weight, @Nullable Var bias) {
    Var uncertainty = in.variance();
    if (uncertainty == null) {
      return op.apply(Ops.square(in.mean()), new Weights(variance(weight), bias));
    }
    Optional<AffineOp> joined = ofBoth(op, in.mean().rank());
    if (joined.isPresent()) {
      Var kernel =
          once(
              weight,
              "variance and square",
              () ->
                  StackedMoments.kernel(
                      weight.posterior().mean().value(),
                      weight.posterior().standardDeviation().value()));
      return joined.get().apply(in.stacked(), new Weights(kernel, bias));
    }
    Var square = once(weight, "square", () -> Ops.square(weight.posterior().mean()).value());
    return Ops.add(
        op.apply(in.squares(), new Weights(variance(weight), bias)),
        op.apply(uncertainty, new Weights(square, null)));
  }

  /**
   * The same operation on twice the inputs, which lie along axis 1, if there is one: faster than
   * two of them and a sum, and a normalisation and a sum behind it can become part of it.
   */
  private static Optional<AffineOp> ofBoth(AffineOp op, int rank) {
    if (op instanceof AffineOp.Conv conv && conv.spec().groups() == 1) {
      ConvSpec s = conv.spec();
      return Optional.of(
          new AffineOp.Conv(
              new ConvSpec(
                  2 * s.inChannels(),
                  s.outChannels(),
                  s.kernel(),
                  s.stride(),
                  s.padding(),
                  s.samePadding(),
                  s.paddingMode(),
                  s.outputPadding(),
                  s.dilation(),
                  s.groups(),
                  s.bias())));
    }
    return op instanceof AffineOp.Dense dense && rank == 2
        ? Optional.of(new AffineOp.Dense(2 * dense.inputs(), dense.units(), dense.hasBias()))
        : Optional.empty();
  }

  /** The variances that certain weights make of those of an uncertain input. */
  static Var spread(AffineOp op, Var variance, Parameter weight) {
    Var square = once(weight, "square", () -> Ops.square(weight.var()).value());
    return op.apply(variance, new Weights(square, null));
  }

  /** An uncertain input normalised with given statistics. */
  static GaussianMoments normalized(BatchNorm layer, GaussianMoments in) {
    int channels = Math.toIntExact(layer.spec().channels());
    Var squares = once(layer, "squared factors", () -> squaredFactors(layer));
    Var zeros = once(layer, "zeros", () -> Arena.vector(new float[channels]));
    return new GaussianMoments(
        layer.forward(in.mean(), Pass.mean()),
        Normalizations.channelAffine(Objects.requireNonNull(in.variance()), squares, zeros));
  }

  private static INDArray squaredFactors(BatchNorm layer) {
    float[] squares =
        FloatMemory.numbers(Require.entry(layer.buffers(), "running_var"), "running_var");
    Parameter scale = layer.parameters().get("weight");
    float[] factors = scale == null ? null : FloatMemory.numbers(scale.value(), "weight");
    for (int c = 0; c < squares.length; c++) {
      float factor = factors == null ? 1 : factors[c];
      squares[c] = factor * factor / (squares[c] + (float) layer.spec().epsilon());
    }
    return Arena.vector(squares);
  }
}
