package io.bayes4j.onednn;

import io.bayes4j.onednn.Plan.Slot;

/** Batch normalisation with the batch's statistics, on channels-last memory of any rank. */
final class BatchNormPlans {
  private BatchNormPlans() {}

  /**
   * Batch normalisation.
   *
   * @param epsilon added to the variance
   * @param relu whether a ReLU follows
   */
  record Norm(double epsilon, boolean relu) {}

  /** Arguments: x, scale, shift, y, mean, variance, and with a ReLU its mask as bytes. */
  static void forward(PlanBuilder builder) {
    Operand x = builder.operand(0);
    Norm norm = builder.attributes(Norm.class);
    Kernel kernel =
        OneDnnApi.batchNorm(x.channelsLast().planes(), (float) norm.epsilon(), norm.relu());
    PlanBuilder.Call call =
        builder
            .call(kernel)
            .reads(Argument.SOURCE, builder.argument(0, x.planes()))
            .reads(Argument.SCALE, builder.argument(1))
            .reads(Argument.SHIFT, builder.argument(2))
            .writes(Argument.RESULT, builder.argument(3, builder.operand(3).planes()))
            .writes(Argument.MEAN, builder.argument(4))
            .writes(Argument.VARIANCE, builder.argument(5));
    if (norm.relu()) {
      call.with(Argument.WORKSPACE, builder.opaque(6, kernel.descriptor(Argument.WORKSPACE)));
    }
    call.run();
  }

  /** Arguments: x, gradY, scale, mean, variance, gradX, gradScale, gradShift, and the mask. */
  static void backward(PlanBuilder builder) {
    Operand x = builder.operand(0);
    Norm norm = builder.attributes(Norm.class);
    Kernel kernel =
        OneDnnApi.batchNormBackward(x.channelsLast().planes(), (float) norm.epsilon(), norm.relu());
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
    if (norm.relu()) {
      call.with(Argument.WORKSPACE, builder.opaque(8, kernel.descriptor(Argument.WORKSPACE)));
    }
    call.run();
  }

  /** Floats that hold the mask of a ReLU on so many elements: oneDNN takes at most a byte each. */
  static long maskLength(long elements) {
    return (elements + Float.BYTES - 1) / Float.BYTES;
  }
}
