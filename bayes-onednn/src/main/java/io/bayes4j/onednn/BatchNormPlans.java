package io.bayes4j.onednn;

import io.bayes4j.onednn.Plan.Slot;

/** Batch normalisation with the batch's statistics, on channels-last memory of any rank. */
final class BatchNormPlans {
  private BatchNormPlans() {}

  /** Arguments: x, scale, shift, y, mean, variance. */
  static void forward(PlanBuilder builder) {
    Operand x = builder.operand(0);
    Kernel kernel = OneDnnApi.batchNorm(x.channelsLast().planes(), epsilon(builder));
    builder
        .call(kernel)
        .reads(Argument.SOURCE, builder.argument(0, x.planes()))
        .reads(Argument.SCALE, builder.argument(1))
        .reads(Argument.SHIFT, builder.argument(2))
        .writes(Argument.RESULT, builder.argument(3, builder.operand(3).planes()))
        .writes(Argument.MEAN, builder.argument(4))
        .writes(Argument.VARIANCE, builder.argument(5))
        .run();
  }

  /** Arguments: x, gradY, scale, mean, variance, gradX, gradScale, gradShift. */
  static void backward(PlanBuilder builder) {
    Operand x = builder.operand(0);
    Kernel kernel = OneDnnApi.batchNormBackward(x.channelsLast().planes(), epsilon(builder));
    Slot scale = builder.argument(2);
    PlanBuilder.Call call =
        builder
            .call(kernel)
            .reads(Argument.SOURCE, builder.argument(0, x.planes()))
            .reads(Argument.RESULT_GRADIENT, builder.argument(1, builder.operand(1).planes()))
            .reads(Argument.SCALE, scale)
            .reads(Argument.MEAN, builder.argument(3))
            .reads(Argument.VARIANCE, builder.argument(4))
            .writes(Argument.SOURCE_GRADIENT, builder.argument(5, builder.operand(5).planes()))
            .writes(Argument.SCALE_GRADIENT, builder.argument(6))
            .writes(Argument.SHIFT_GRADIENT, builder.argument(7));
    if (OneDnnApi.BATCH_NORM_BACKWARD_COUNTS_SHIFT) {
      // Asked for but never read; any vector of the right length will do.
      call.reads(Argument.SHIFT, scale);
    }
    call.run();
  }

  private static float epsilon(PlanBuilder builder) {
    return builder.attributes(Double.class).floatValue();
  }
}
