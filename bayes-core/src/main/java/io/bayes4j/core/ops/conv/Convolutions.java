package io.bayes4j.core.ops.conv;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Value;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.KernelProvider.ConvGradients;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Operands;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.kernels.PoolKernels;
import io.bayes4j.core.ops.Products;
import io.bayes4j.core.ops.Shapes;
import io.bayes4j.core.ops.norm.Normalizations;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Operations that are linear in a weight: dense, convolution, transposed convolution, pooling by
 * the same geometry.
 */
public final class Convolutions {
  private Convolutions() {}

  /**
   * x [N, F] times the transpose of weight [U, F], plus bias [U].
   *
   * @param bias may be null: no bias
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static Var linear(Var x, Var weight, @Nullable Var bias) {
    Require.open(x, "x");
    Require.open(weight, "weight");
    Require.openIfGiven(bias, "bias");
    List<Var> inputs = inputs(x, weight, bias);
    // An array that only this plan makes is not that of other plans.
    boolean shares = Plan.waits(inputs) && isKnown(weight) && (bias == null || isKnown(bias));
    DerivedWeights prepared = shares ? Plan.prepared() : DerivedWeights.NONE;
    return Plan.operation(
        "linear",
        Products.linear(x, weight, bias),
        inputs,
        () ->
            Var.result(
                linear(prepared, x.value(), weight.value(), valueOf(bias)),
                inputs,
                (g, sink) -> {
                  sink.add(x, () -> Kernels.matmul(g, false, weight.value(), false));
                  sink.add(weight, () -> Kernels.matmul(g, true, x.value(), false));
                  addBiasGradient(sink, bias, g);
                }));
  }

  private static boolean isKnown(Var x) {
    return Plan.pending(x).isEmpty();
  }

  private static INDArray linear(
      DerivedWeights prepared, INDArray x, INDArray weight, @Nullable INDArray bias) {
    return prepared
        .forManyPredictions(
            "linear", Arrays.asList(weight, bias), () -> Kernels.prepareLinear(weight, bias))
        .map(kernels -> kernels.linear(x))
        .orElseGet(() -> Kernels.linear(x, weight, bias));
  }

  /**
   * Cross-correlation of x [N, C, spatial ...] with weight [U, C / groups, kernel ...], plus bias
   * [U].
   *
   * @param bias may be null: no bias
   * @throws IllegalArgumentException if the shapes do not fit the geometry
   */
  public static Var conv(Var x, Var weight, @Nullable Var bias, ConvGeometry geometry) {
    Require.open(x, "x");
    Require.open(weight, "weight");
    Require.openIfGiven(bias, "bias");
    Require.nonNull(geometry, "geometry");
    List<Var> inputs = inputs(x, weight, bias);
    if (Plan.waits(inputs)) {
      Operands.requireConv(x.shape(), weight.value(), valueOf(bias), geometry);
      return Plan.record(
          geometry,
          inputs,
          () -> PendingConvolution.of(x, weight.value(), valueOf(bias), geometry));
    }
    return Value.activation(
        Kernels.conv(Value.of(x).factor(), weight.value(), valueOf(bias), geometry),
        inputs,
        (g, sink) -> {
          INDArray in = Value.of(x).factor();
          INDArray up = Kernels.ensureType(g, in.dataType());
          addBiasGradient(sink, bias, up);
          if (sink.wants(x) && sink.wants(weight)) {
            ConvGradients both = Kernels.convBackward(in, weight.value(), up, geometry);
            sink.add(x, both.x());
            sink.add(weight, both.weight());
          } else {
            sink.add(x, () -> Kernels.convBackwardData(up, weight.value(), x.shape(), geometry));
            sink.add(weight, () -> Kernels.convBackwardWeights(in, up, weight.shape(), geometry));
          }
        });
  }

  /**
   * Transposed convolution: the gradient of {@link #conv} with respect to its input, taken as an
   * operation.
   *
   * @param x input [N, C, spatial ...]
   * @param weight [C, U / groups, kernel ...]
   * @param bias [U], or null: no bias
   * @param outputPadding elements added at the end of each spatial axis of the output, below the
   *     stride or the dilation
   * @throws IllegalArgumentException if the shapes do not fit the geometry
   */
  public static Var convTranspose(
      Var x, Var weight, @Nullable Var bias, ConvGeometry geometry, List<Integer> outputPadding) {
    Require.open(x, "x");
    Require.open(weight, "weight");
    Require.openIfGiven(bias, "bias");
    Require.nonNull(geometry, "geometry");
    Require.elements(outputPadding, "outputPadding");
    Require.argument(bias == null || bias.rank() == 1, "bias must be a vector, got %s", bias);
    long[] shapeY = transposedShape(x, weight, geometry, outputPadding);
    Var in = extended(x, geometry, outputPadding);
    Var product =
        Plan.operation(
            List.of("transposed", geometry, outputPadding),
            shapeY,
            List.of(in, weight),
            () -> transposed(in, weight, shapeY, geometry));
    return bias == null ? product : Normalizations.addChannels(product, bias);
  }

  private static Var transposed(Var in, Var weight, long[] shapeY, ConvGeometry geometry) {
    return Var.result(
        Kernels.convBackwardData(in.value(), weight.value(), shapeY, geometry),
        List.of(in, weight),
        (g, sink) -> {
          sink.add(in, () -> Kernels.conv(g, weight.value(), null, geometry));
          sink.add(
              weight, () -> Kernels.convBackwardWeights(g, in.value(), weight.shape(), geometry));
        });
  }

  /**
   * The input with zeros behind it for output padding of a stride or more: that large an output is
   * what a longer input gives.
   */
  private static Var extended(Var x, ConvGeometry g, List<Integer> outputPadding) {
    Var in = x;
    for (int axis = 0; axis < g.rank(); axis++) {
      int steps = outputPadding.get(axis) / g.stride().get(axis);
      if (steps > 0) {
        in = Padding.pad(in, axis + 2, 0, steps, PaddingMode.ZEROS);
      }
    }
    return in;
  }

  private static long[] transposedShape(
      Var x, Var weight, ConvGeometry g, List<Integer> outputPadding) {
    Require.argument(
        outputPadding.size() == g.rank(),
        "outputPadding must hold %d numbers, got %s",
        g.rank(),
        outputPadding);
    Shapes.requireRank("x", x, g.rank() + 2);
    Operands.requireFloat("weight", weight.value(), g.rank() + 2);
    Require.argument(
        x.size(1) == weight.size(0),
        "x must have %d channels (weight %s), got %d",
        weight.size(0),
        Require.text(weight.shape()),
        x.size(1));
    long[] shape = x.shape();
    shape[1] = weight.size(1) * g.groups();
    for (int axis = 0; axis < g.rank(); axis++) {
      int extra = outputPadding.get(axis);
      Require.argument(
          extra >= 0 && extra < Math.max(g.stride().get(axis), g.dilation().get(axis)),
          "outputPadding must be in [0, max(stride, dilation)), got %s",
          outputPadding);
      shape[axis + 2] =
          (x.size(axis + 2) - 1) * g.stride().get(axis)
              - 2L * g.padding().get(axis)
              + (long) g.dilation().get(axis) * (g.kernel().get(axis) - 1)
              + extra
              + 1;
      Require.argument(
          shape[axis + 2] > 0,
          "padding %d leaves nothing of the output of input length %d (spatial axis %d)",
          g.padding().get(axis),
          x.size(axis + 2),
          axis);
    }
    return shape;
  }

  private static void addBiasGradient(Gradients.Sink sink, @Nullable Var bias, INDArray gradY) {
    if (bias != null) {
      sink.add(bias, () -> Kernels.channelSum(gradY));
    }
  }

  private static @Nullable INDArray valueOf(@Nullable Var var) {
    return var == null ? null : var.value();
  }

  private static List<Var> inputs(Var x, Var weight, @Nullable Var bias) {
    return bias == null ? List.of(x, weight) : List.of(x, weight, bias);
  }

  /**
   * Largest value of each window, or NaN if there is one in it; padding never wins.
   *
   * @throws IllegalArgumentException if x does not fit the window
   */
  public static Var maxPool(Var x, PoolGeometry window) {
    Require.open(x, "x");
    Require.nonNull(window, "window");
    return Plan.pick(
        List.of("maxPool", window),
        Shapes.pooled(x, window),
        x,
        () -> {
          INDArray in = Value.of(x).activation();
          INDArray y = PoolKernels.maxPool(in, window);
          return Value.activation(
              y,
              List.of(x),
              (g, sink) ->
                  sink.add(
                      x,
                      () ->
                          PoolKernels.maxPoolBackward(
                              in, y, Kernels.ensureType(g, in.dataType()), window)));
        },
        bytes -> Kernels.integers().maxPool(bytes, window));
  }

  /**
   * {@link #maxPool(Var, PoolGeometry)} of a {@linkplain PoolGeometry#of plain} window.
   *
   * @throws IllegalArgumentException if x does not fit the window, or the window is dilated
   */
  public static Var maxPool(Var x, ConvGeometry window) {
    return maxPool(x, PoolGeometry.of(window));
  }

  /**
   * Mean of each window.
   *
   * @throws IllegalArgumentException if x does not fit the window, or the window is dilated
   */
  public static Var avgPool(Var x, PoolGeometry window) {
    Require.open(x, "x");
    Require.nonNull(window, "window").requireNoDilation();
    return Plan.operation(
        List.of("avgPool", window),
        Shapes.pooled(x, window),
        List.of(x),
        () ->
            Value.activation(
                PoolKernels.avgPool(Value.of(x).activation(), window),
                List.of(x),
                (g, sink) -> sink.add(x, () -> PoolKernels.avgPoolBackward(g, x.shape(), window))));
  }

  /**
   * Mean of each window, padding counted as zeros.
   *
   * @throws IllegalArgumentException if x does not fit the window, or the window is dilated
   */
  public static Var avgPool(Var x, ConvGeometry window) {
    return avgPool(x, PoolGeometry.of(window));
  }
}
