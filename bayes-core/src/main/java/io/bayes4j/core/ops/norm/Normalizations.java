package io.bayes4j.core.ops.norm;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Value;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Operands;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.Ops;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Operations along the channel axis 1: batch normalisation, scales and shifts per channel, signs
 * per example and channel.
 */
public final class Normalizations {
  private Normalizations() {}

  /** Result of batch normalisation with the batch's own statistics. */
  public static final class Normalized {
    private final PendingNorm norm;
    private final Var y;

    private Normalized(PendingNorm norm) {
      this.norm = norm;
      this.y = norm.result();
    }

    /** Normalised, scaled and shifted input. */
    public Var y() {
      return y;
    }

    /** Batch mean [C]. */
    public INDArray mean() {
      return norm.statistics().mean();
    }

    /** Population variance of the batch [C]. */
    public INDArray variance() {
      return norm.statistics().variance();
    }
  }

  /**
   * Batch normalisation over all axes but 1 (Ioffe and Szegedy 2015).
   *
   * @param scale gamma [C]
   * @param shift beta [C]
   * @param epsilon added to the variance
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Normalized batchNorm(Var x, Var scale, Var shift, double epsilon) {
    Require.open(x, "x");
    Require.open(scale, "scale");
    Require.open(shift, "shift");
    return new Normalized(PendingNorm.of(x, scale, shift, epsilon));
  }

  /**
   * Batch normalisation with given statistics, as in a prediction.
   *
   * @param scale gamma [C]
   * @param shift beta [C]
   * @param mean [C]
   * @param variance [C]
   * @param epsilon added to the variance
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Var normalize(
      Var x, Var scale, Var shift, INDArray mean, INDArray variance, double epsilon) {
    Require.open(mean, "mean");
    Require.open(variance, "variance");
    Require.open(x, "x");
    Require.open(scale, "scale");
    Require.open(shift, "shift");
    Require.argument(
        epsilon >= 0 && Float.isFinite((float) epsilon),
        "epsilon must be finite as a float and >= 0, got %s",
        epsilon);
    Operands.requireFloat("mean", mean, 1);
    Operands.requireFloat("variance", variance, 1);
    if (!Gradients.recorded(List.of(scale, shift))) {
      return prediction(x, scale, shift, mean, variance, epsilon);
    }
    Var deviation = Ops.sqrt(Ops.shift(Var.constant(variance), epsilon));
    Var factor = Ops.div(scale, deviation);
    Var offset = Ops.sub(shift, Ops.mul(Var.constant(mean), factor));
    return channelAffine(x, factor, offset);
  }

  /** Without the five short operations that a gradient would need for each layer. */
  private static Var prediction(
      Var x, Var scale, Var shift, INDArray mean, INDArray variance, double epsilon) {
    Line line =
        Plan.prepared()
            .once(
                new LineOf(epsilon),
                List.of(scale.value(), shift.value(), mean, variance),
                () -> Line.of(scale.value(), shift.value(), mean, variance, epsilon));
    return Plan.joinable(
        List.of("normalize", epsilon),
        x.shape(),
        List.of(x, scale, shift, Var.constant(mean), Var.constant(variance)),
        () -> affineNow(x, Var.constant(line.factor), Var.constant(line.offset)),
        Plan.affine(x, line.factor, line.offset));
  }

  /** What a {@link Line} depends on beside arrays. */
  private record LineOf(double epsilon) {}

  /** Normalisation with given statistics: x * factor + offset in each channel. */
  private record Line(INDArray factor, INDArray offset) {
    static Line of(
        INDArray scale, INDArray shift, INDArray mean, INDArray variance, double epsilon) {
      INDArray factor =
          Elementwise.map(
              variance,
              scale,
              (v, gamma, out, n) -> {
                for (int i = 0; i < n; i++) {
                  out[i] = gamma[i] / (float) Math.sqrt(v[i] + (float) epsilon);
                }
              });
      INDArray offset =
          Elementwise.map(
              mean,
              shift,
              factor,
              (m, beta, by, out, n) -> {
                for (int i = 0; i < n; i++) {
                  out[i] = beta[i] - m[i] * by[i];
                }
              });
      return new Line(factor, offset);
    }
  }

  /**
   * x * scale + shift with one number for each channel.
   *
   * @param scale [C]
   * @param shift [C]
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Var channelAffine(Var x, Var scale, Var shift) {
    Require.open(x, "x");
    Require.open(scale, "scale");
    Require.open(shift, "shift");
    requireChannels(x, "scale", scale);
    requireChannels(x, "shift", shift);
    return Plan.joinable(
        "affine",
        x.shape(),
        List.of(x, scale, shift),
        () -> affineNow(x, scale, shift),
        Plan.affine(x, scale.value(), shift.value()));
  }

  private static void requireChannels(Var x, String name, Var perChannel) {
    Operands.requireChannels(x.shape(), name, perChannel.value());
  }

  private static Var affineNow(Var x, Var scale, Var shift) {
    return Var.result(
        Kernels.channelAffine(x.value(), scale.value(), shift.value()),
        List.of(x, scale, shift),
        (g, sink) -> {
          sink.add(
              x,
              () -> {
                INDArray zeros = Detached.fill(Arena.allocate(shift.shape()), 0);
                return Kernels.channelAffine(g, scale.value(), zeros);
              });
          sink.add(scale, () -> Kernels.channelSum(Elementwise.mul(g, x.value())));
          sink.add(shift, () -> Kernels.channelSum(g));
        });
  }

  /**
   * x plus one number for each channel.
   *
   * @param shift [C]
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Var addChannels(Var x, Var shift) {
    Require.open(x, "x");
    Require.open(shift, "shift");
    return Plan.operation(
        "addChannels",
        x.shape(),
        List.of(x, shift),
        () ->
            Var.result(
                Kernels.channelAdd(x.value(), shift.value()),
                List.of(x, shift),
                (g, sink) -> {
                  sink.pass(x, g);
                  sink.add(shift, () -> Kernels.channelSum(g));
                }));
  }

  /**
   * a plus b times one constant for each example and channel.
   *
   * @param a of the shape of b
   * @param factors [N, C], takes no gradient
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Var addScaled(Var a, Var b, INDArray factors) {
    Require.open(a, "a");
    Require.open(b, "b");
    Require.open(factors, "factors");
    Operands.requireScaledSum(a.shape(), b.shape(), factors);
    List<Var> both = List.of(a, b);
    PendingScaledSum sum = new PendingScaledSum(a, b, factors);
    return Plan.waits(both)
        ? Plan.record("addScaled", List.of(a, b, Var.constant(factors)), () -> sum)
        : Value.activation(
            sum.get(),
            both,
            (g, sink) -> {
              sink.add(b, () -> Kernels.channelScale(g, factors));
              sink.pass(a, g);
            });
  }

  /**
   * x times one constant for each example and channel.
   *
   * @param factors [N, C], takes no gradient
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Var scaleChannels(Var x, INDArray factors) {
    Require.open(x, "x");
    Require.argument(x.rank() >= 2, "x must have a channel axis 1, got rank %d", x.rank());
    Operands.requireScaledSum(x.shape(), x.shape(), factors);
    return Plan.operation(
        "scaleChannels",
        x.shape(),
        List.of(x, Var.constant(factors)),
        () ->
            Value.activation(
                Kernels.channelScale(Value.of(x).activation(), factors),
                List.of(x),
                (g, sink) -> sink.add(x, () -> Kernels.channelScale(g, factors))));
  }
}
