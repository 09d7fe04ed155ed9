package io.bayes4j.onednn;

import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.global.dnnl;

/** Batch normalisation as {@link OneDnnApi} has everything else. */
final class NormPrimitives {
  private static final int GIVEN_STATISTICS =
      dnnl.dnnl_use_global_stats | dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  /** Keeps what nobody reads finite. */
  private static final float SOME_EPSILON = 1;

  private NormPrimitives() {}

  /** Mean and population variance of channels; the result, of unit variance, comes with them. */
  static Kernel statistics(Operand x) {
    var description =
        batchNormDescription(
            dnnl.dnnl_forward_training, x, SOME_EPSILON, dnnl.dnnl_normalization_flags_none);
    return new Kernel(description, new batch_normalization_forward(description));
  }

  /** What may follow batch normalisation with given statistics. */
  enum NormRelu {
    NONE(dnnl.dnnl_forward_inference, GIVEN_STATISTICS),
    /** A ReLU that makes zeros of NaN. */
    FUSED(dnnl.dnnl_forward_inference, GIVEN_STATISTICS | dnnl.dnnl_fuse_norm_relu),
    /** The same, with a workspace that remembers where something passed. */
    REMEMBERED(dnnl.dnnl_forward_training, GIVEN_STATISTICS | dnnl.dnnl_fuse_norm_relu);

    private final int kind;
    private final int flags;

    NormRelu(int kind, int flags) {
      this.kind = kind;
      this.flags = flags;
    }
  }

  /** Batch normalisation with given statistics. */
  static Kernel batchNorm(Operand x, double epsilon, NormRelu relu) {
    var description = batchNormDescription(relu.kind, x, epsilon, relu.flags);
    return new Kernel(description, new batch_normalization_forward(description));
  }

  /**
   * Gradients of batch normalisation with given statistics, which are held constant. The shift has
   * to be given, too, though it is not read.
   *
   * @param relu one that reads the workspace of the forward pass, or none
   */
  static Kernel batchNormBackward(Operand x, double epsilon, NormRelu relu) {
    var operation =
        new batch_normalization_backward.desc(
            dnnl.dnnl_backward,
            OneDnnApi.descriptor(x),
            OneDnnApi.descriptor(x),
            (float) epsilon,
            relu.flags);
    var forward = batchNormDescription(dnnl.dnnl_forward_training, x, epsilon, relu.flags);
    var description =
        new batch_normalization_backward.primitive_desc(
            operation, OneDnnApi.userScratchpad(), OneDnnApi.CPU, forward);
    return new Kernel(description, new batch_normalization_backward(description));
  }

  private static batch_normalization_forward.primitive_desc batchNormDescription(
      int kind, Operand x, double epsilon, int flags) {
    var operation =
        new batch_normalization_forward.desc(kind, OneDnnApi.descriptor(x), (float) epsilon, flags);
    return new batch_normalization_forward.primitive_desc(
        operation, OneDnnApi.userScratchpad(), OneDnnApi.CPU);
  }
}
