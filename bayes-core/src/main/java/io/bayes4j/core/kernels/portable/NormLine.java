package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.FloatMemory;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** (x - centre) * factor + shift, with a number for each channel. */
@SuppressWarnings("ArrayRecordComponent") // Never compared; read by the kernels of one operation.
record NormLine(float[] centre, float[] factor, float @Nullable [] shift) {
  /** The factors scale / sqrt(variance + epsilon) of batch normalisation. */
  static float[] factors(float[] scale, float[] variance, double epsilon) {
    float[] factors = new float[scale.length];
    for (int c = 0; c < factors.length; c++) {
      factors[c] = (float) (scale[c] / Math.sqrt(variance[c] + epsilon));
    }
    return factors;
  }

  /** Fills the slots of the centre, the factor and the shift. */
  void repeat(ChannelTiles band, float[] slots) {
    band.repeat(centre, slots, NormLoops.CENTRE);
    band.repeat(factor, slots, NormLoops.FACTOR);
    band.repeat(Objects.requireNonNull(shift), slots, NormLoops.SHIFT);
  }

  /** Maps all rows of a band, then takes the larger of the result and zero if asked for. */
  void apply(ChannelTiles band, FloatMemory source, FloatMemory target, boolean relu) {
    band.forRows(
        (from, to, slots) -> {
          repeat(band, slots);
          for (long row = from; row < to; row += band.tileRows()) {
            band.read(source, row, slots, NormLoops.VALUES);
            if (relu) {
              NormLoops.normalizeRelu(slots, band.length());
            } else {
              NormLoops.normalize(slots, band.length());
            }
            band.write(target, row, slots, NormLoops.VALUES);
          }
        });
  }

  /** Maps all rows of a band and adds others to them, then a ReLU. */
  void applyAddRelu(ChannelTiles band, FloatMemory source, FloatMemory addend, FloatMemory target) {
    band.forRows(
        (from, to, slots) -> {
          repeat(band, slots);
          for (long row = from; row < to; row += band.tileRows()) {
            band.read(source, row, slots, NormLoops.VALUES);
            band.read(addend, row, slots, NormLoops.SPARE);
            NormLoops.normalize(slots, band.length());
            NormLoops.addSpareRelu(slots, band.length());
            band.write(target, row, slots, NormLoops.VALUES);
          }
        });
  }
}
