package io.bayes4j.quant;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;

/** Rows of floats times the transpose of a quantized matrix, added up in 32-bit integers. */
final class Int8Product {
  /** Products of two 8-bit numbers that a 32-bit sum is sure to hold. */
  static final long MOST_TERMS =
      Integer.MAX_VALUE / (QuantizedTensor.LIMIT * QuantizedTensor.LIMIT);

  private Int8Product() {}

  /**
   * Computes y = x W' + bias.
   *
   * @param x [rows, inputs]
   * @param weights [units, inputs]
   * @param bias [units]
   * @param y [rows, units], overwritten
   * @throws IllegalArgumentException if x is not finite
   */
  static void run(FloatMemory x, QuantizedTensor weights, float[] bias, FloatMemory y) {
    byte[] w = weights.sharedValues();
    float[] scales = weights.sharedScales();
    int units = scales.length;
    int inputs = w.length / units;
    Parallel.forRange(
        x.length() / inputs,
        1,
        (from, to) -> {
          float[] row = new float[inputs];
          byte[] rounded = new byte[inputs];
          float[] out = new float[units];
          for (long i = from; i < to; i++) {
            x.read(i * inputs, row, inputs);
            float scale = round(row, rounded, i);
            for (int u = 0; u < units; u++) {
              out[u] = scale * scales[u] * dot(rounded, w, u * inputs) + bias[u];
            }
            y.write(i * units, out, units);
          }
        });
  }

  /** Rounds a row to the scale that its greatest element asks for, which is returned. */
  private static float round(float[] row, byte[] rounded, long number) {
    float greatest = 0;
    for (float value : row) {
      greatest = Math.max(greatest, Math.abs(value));
    }
    Require.argument(
        Float.isFinite(greatest), "x must be finite, got NaN or infinity in row %d", number);
    float scale = QuantizedTensor.scaleFor(greatest);
    for (int i = 0; i < row.length; i++) {
      rounded[i] = QuantizedTensor.round(row[i] / scale);
    }
    return scale;
  }

  private static int dot(byte[] a, byte[] b, int offset) {
    int sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[offset + i];
    }
    return sum;
  }
}
