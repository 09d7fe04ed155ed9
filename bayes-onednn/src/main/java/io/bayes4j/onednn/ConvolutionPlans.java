package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;

/**
 * Convolutions and their gradients. Activations are channels-last; the layout of kernels is
 * oneDNN's choice, and they are reordered at each call, since each draw of a posterior is new.
 */
final class ConvolutionPlans {
  private ConvolutionPlans() {}

  /** Arguments: x, weight, y or x, weight, bias, y. */
  static void forward(PlanBuilder builder) {
    ConvGeometry geometry = builder.attributes(ConvGeometry.class);
    boolean hasBias = builder.arguments() == 4;
    int resultAt = builder.arguments() - 1;
    Operand weight = grouped(builder.operand(1), geometry);
    Operand bias = hasBias ? builder.operand(2) : null;
    Kernel convolution =
        OneDnnApi.convolution(
            builder.multiplied(builder.operand(0)).channelsLast(),
            builder.multiplied(weight).anyLayout(),
            bias,
            builder.operand(resultAt),
            geometry);
    PlanBuilder.Call call =
        builder
            .call(convolution)
            .reads(Argument.SOURCE, builder.argument(0))
            .reads(Argument.WEIGHTS, builder.argument(1, weight))
            .writes(Argument.RESULT, builder.argument(resultAt));
    if (hasBias) {
      call.reads(Argument.BIAS, builder.argument(2));
    }
    call.run();
  }

  /** Arguments: gradY, weight, gradX. */
  static void backwardData(PlanBuilder builder) {
    ConvGeometry geometry = builder.attributes(ConvGeometry.class);
    Operand weight = grouped(builder.operand(1), geometry);
    Kernel gradient =
        OneDnnApi.convolutionBackwardData(
            builder.operand(2),
            builder.multiplied(weight).anyLayout(),
            builder.multiplied(builder.operand(0)).channelsLast(),
            geometry);
    builder
        .call(gradient)
        .reads(Argument.RESULT_GRADIENT, builder.argument(0))
        .reads(Argument.WEIGHTS, builder.argument(1, weight))
        .writes(Argument.SOURCE_GRADIENT, builder.argument(2))
        .run();
  }

  /** Arguments: x, gradY, gradW. */
  static void backwardWeights(PlanBuilder builder) {
    ConvGeometry geometry = builder.attributes(ConvGeometry.class);
    Operand weight = grouped(builder.operand(2), geometry);
    Kernel gradient =
        OneDnnApi.convolutionBackwardWeights(
            builder.multiplied(builder.operand(0)).channelsLast(),
            weight.anyLayout(),
            builder.multiplied(builder.operand(1)).channelsLast(),
            geometry);
    builder
        .call(gradient)
        .reads(Argument.SOURCE, builder.argument(0))
        .reads(Argument.RESULT_GRADIENT, builder.argument(1))
        .writes(Argument.WEIGHTS_GRADIENT, builder.argument(2, weight))
        .run();
  }

  /** A kernel [U, C / groups, ...] as oneDNN sees it: [groups, U / groups, C / groups, ...]. */
  private static Operand grouped(Operand weight, ConvGeometry geometry) {
    if (geometry.groups() == 1) {
      return weight;
    }
    long[] shape = weight.shape();
    long[] grouped = new long[shape.length + 1];
    System.arraycopy(shape, 0, grouped, 1, shape.length);
    grouped[0] = geometry.groups();
    grouped[1] = shape[0] / geometry.groups();
    return weight.reshaped(grouped);
  }
}
