package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A kernel [U, ...] and bias [U] with a scale and shift of the units that have not been multiplied
 * in yet: a convolution with the folded pair gives what the plain one gives, scaled and shifted.
 */
public final class ChannelFold {
  /** Elements that are worth a hand-over between threads. */
  private static final int CHUNK = 4096;

  private final INDArray weight;
  private final @Nullable INDArray bias;

  /** Null for ones. */
  private final float @Nullable [] scale;

  private ChannelFold(INDArray weight, @Nullable INDArray bias, float @Nullable [] scale) {
    this.weight = weight;
    this.bias = bias;
    this.scale = scale;
  }

  /** Nothing to fold yet; a null bias is none. */
  public static ChannelFold of(INDArray weight, @Nullable INDArray bias) {
    Operands.requireFloat("weight", weight, Require.open(weight, "weight").rank());
    Require.argument(weight.rank() >= 1, "weight must be [U, ...], got a scalar");
    Operands.requireVector("bias", bias, weight.size(0));
    return new ChannelFold(weight, bias, null);
  }

  /** The same, its result scaled and shifted by vectors [U]; a null shift is zero. */
  public ChannelFold then(INDArray factor, @Nullable INDArray shift) {
    Operands.requireShape("factor", factor, new long[] {weight.size(0)});
    Operands.requireVector("shift", shift, weight.size(0));
    float[] factors = FloatMemory.numbers(factor, "factor");
    float[] offsets =
        shift == null ? new float[factors.length] : FloatMemory.numbers(shift, "shift");
    if (bias != null) {
      float[] before = FloatMemory.numbers(bias, "bias");
      for (int u = 0; u < factors.length; u++) {
        offsets[u] = Math.fma(before[u], factors[u], offsets[u]);
      }
    }
    INDArray folded = bias == null && shift == null ? null : Arena.vector(offsets);
    for (int u = 0; scale != null && u < factors.length; u++) {
      factors[u] *= scale[u];
    }
    return new ChannelFold(weight, folded, factors);
  }

  /** The folded bias, or null. */
  public @Nullable INDArray bias() {
    return bias;
  }

  /** The folded kernel. */
  public INDArray weight() {
    if (scale == null) {
      return weight;
    }
    INDArray folded = Arena.allocate(weight.shape());
    FloatMemory source = FloatMemory.of(Layout.ROW_MAJOR.ensure(weight), "weight");
    FloatMemory target = FloatMemory.of(folded, "folded");
    int row = Math.toIntExact(source.length() / scale.length);
    Parallel.forRange(
        scale.length,
        Math.max(1, CHUNK / row),
        (from, to) -> {
          float[] values = new float[row];
          for (int u = (int) from; u < to; u++) {
            source.read((long) u * row, values, row);
            multiply(values, scale[u], row);
            target.write((long) u * row, values, row);
          }
        });
    return folded;
  }

  private static void multiply(float[] values, float factor, int n) {
    for (int i = 0; i < n; i++) {
      values[i] *= factor;
    }
  }
}
