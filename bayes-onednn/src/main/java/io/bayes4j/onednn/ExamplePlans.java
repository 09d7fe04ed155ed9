package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;

/**
 * Convolutions of one example. Activations are channels-last; kernels are vectors in the order that
 * oneDNN likes best, which their maker has to follow.
 */
final class ExamplePlans {
  private ExamplePlans() {}

  /**
   * A convolution forward.
   *
   * @param weight shape of the kernel
   * @param bias whether there is one
   * @param addend whether an array is added to the result
   * @param relu whether a ReLU follows
   */
  record Forward(
      ConvGeometry geometry, Operand weight, boolean bias, boolean addend, boolean relu) {}

  /**
   * A gradient.
   *
   * @param weight shape of the kernel
   */
  record Backward(ConvGeometry geometry, Operand weight) {}

  /** Arguments: x, weight, bias, addend, y; bias and addend are not looked at if there is none. */
  static void forward(PlanBuilder builder) {
    Forward options = builder.attributes(Forward.class);
    Operand bias = options.bias() ? builder.operand(2) : null;
    Kernel convolution =
        OneDnnApi.convolution(
            builder.operand(0),
            options.weight().anyLayout(),
            bias,
            builder.operand(4),
            options.geometry(),
            options.addend(),
            options.relu());
    Plan.Slot y = builder.argument(4);
    if (options.addend()) {
      builder.reorder(builder.argument(3), y);
    }
    PlanBuilder.Call call =
        builder
            .call(convolution)
            .reads(Argument.SOURCE, builder.argument(0))
            .with(
                Argument.WEIGHTS, builder.inOwnLayout(1, convolution.descriptor(Argument.WEIGHTS)))
            .writes(Argument.RESULT, y);
    if (options.bias()) {
      call.reads(Argument.BIAS, builder.argument(2));
    }
    call.run();
  }

  /** Arguments: gradY, weight, gradX. */
  static void backwardData(PlanBuilder builder) {
    Backward options = builder.attributes(Backward.class);
    Kernel gradient =
        OneDnnApi.convolutionBackwardData(
            builder.operand(2),
            options.weight().anyLayout(),
            builder.operand(0),
            options.geometry());
    builder
        .call(gradient)
        .reads(Argument.RESULT_GRADIENT, builder.argument(0))
        .with(Argument.WEIGHTS, builder.inOwnLayout(1, gradient.descriptor(Argument.WEIGHTS)))
        .writes(Argument.SOURCE_GRADIENT, builder.argument(2))
        .run();
  }

  /** Arguments: x, gradW, gradY. */
  static void backwardWeights(PlanBuilder builder) {
    Backward options = builder.attributes(Backward.class);
    Kernel gradient =
        OneDnnApi.convolutionBackwardWeights(
            builder.operand(0),
            options.weight().anyLayout(),
            builder.operand(2),
            options.geometry());
    builder
        .call(gradient)
        .reads(Argument.SOURCE, builder.argument(0))
        .reads(Argument.RESULT_GRADIENT, builder.argument(2))
        .with(
            Argument.WEIGHTS_GRADIENT,
            builder.inOwnLayout(1, gradient.descriptor(Argument.WEIGHTS_GRADIENT)))
        .run();
  }
}
