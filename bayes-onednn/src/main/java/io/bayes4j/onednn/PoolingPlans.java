package io.bayes4j.onednn;

import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.onednn.OneDnnApi.Pooling;
import io.bayes4j.onednn.Plan.Slot;

/** Poolings and their gradients on channels-last memory. */
final class PoolingPlans {
  private PoolingPlans() {}

  /** Arguments: x, y. */
  static void forward(PlanBuilder builder, Pooling pooling) {
    Kernel kernel =
        OneDnnApi.pooling(
            pooling, false, builder.operand(0).channelsLast(), builder.operand(1), window(builder));
    builder
        .call(kernel)
        .reads(Argument.SOURCE, builder.argument(0))
        .writes(Argument.RESULT, builder.argument(1))
        .run();
  }

  /** Arguments: x, y and, unless they are integers, {@linkplain FiniteSums sums} of x. */
  static void max(PlanBuilder builder) {
    Operand x = builder.operand(0);
    Operand y = builder.operand(1);
    int last = y.shape().length - 1;
    long windows = ShortRows.windows(x, y, window(builder));
    if (windows == y.size(last)) {
      forward(builder, Pooling.MAX);
    } else {
      Operand from = ShortRows.cut(x, x.size(last) / y.size(last) * windows);
      Operand to = ShortRows.cut(y, windows);
      PoolGeometry window = ShortRows.cut(window(builder));
      builder
          .call(OneDnnApi.pooling(Pooling.MAX, false, from, to, window))
          .reads(Argument.SOURCE, builder.view(channelsLast(builder), from))
          .writes(Argument.RESULT, builder.argument(1, to))
          .run();
    }
    if (builder.arguments() > 2) {
      FiniteSums.describe(builder, 0, 2);
    }
  }

  /** Argument 0, in another layout if need be. */
  private static Slot channelsLast(PlanBuilder builder) {
    Operand wanted = builder.operand(0).channelsLast();
    Slot given = builder.argument(0);
    if (builder.operand(0).equals(wanted)) {
      return given;
    }
    Slot copy = builder.temporary(OneDnnApi.descriptor(wanted));
    builder.reorder(given, copy);
    return copy;
  }

  /**
   * Arguments: x, gradY, gradX. Pools once more for the positions of the largest values: that takes
   * a sixth of the time of the gradient, too little to keep them from the forward pass.
   */
  static void maxBackward(PlanBuilder builder) {
    Operand x = builder.operand(0).channelsLast();
    Operand gradY = builder.operand(1).channelsLast();
    Kernel again = OneDnnApi.pooling(Pooling.MAX, true, x, gradY, window(builder));
    PlanBuilder.Call first = builder.call(again).reads(Argument.SOURCE, builder.argument(0));
    first.passes(Argument.RESULT);
    Slot positions = first.passes(Argument.WORKSPACE);
    first.run();
    builder
        .call(OneDnnApi.poolingBackward(Pooling.MAX, x, gradY, window(builder)))
        .reads(Argument.RESULT_GRADIENT, builder.argument(1))
        .with(Argument.WORKSPACE, positions)
        .writes(Argument.SOURCE_GRADIENT, builder.argument(2))
        .run();
  }

  /** Arguments: gradY, gradX. */
  static void averageBackward(PlanBuilder builder) {
    Kernel kernel =
        OneDnnApi.poolingBackward(
            average(window(builder)),
            builder.operand(1),
            builder.operand(0).channelsLast(),
            window(builder));
    builder
        .call(kernel)
        .reads(Argument.RESULT_GRADIENT, builder.argument(0))
        .writes(Argument.SOURCE_GRADIENT, builder.argument(1))
        .run();
  }

  /** A mean that oneDNN divides as the geometry says. */
  static Pooling average(PoolGeometry window) {
    return window.countsPadding() ? Pooling.AVERAGE : Pooling.AVERAGE_OF_INPUT;
  }

  private static PoolGeometry window(PlanBuilder builder) {
    return builder.attributes(PoolGeometry.class);
  }
}
