package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * How floats are rounded to 8-bit numbers: x becomes the whole number nearest to x / scale, ties to
 * even, or the end of the range if that lies beyond it.
 *
 * @param scale what a step is worth
 * @param signed whether numbers are -128 ... 127, rather than 0 ... 255; zero is zero in both
 */
public record Quantum(float scale, boolean signed) {
  /**
   * Checks the scale.
   *
   * @throws IllegalArgumentException if it is not a normal float above zero
   */
  public Quantum {
    Require.argument(
        scale >= Float.MIN_NORMAL && Float.isFinite(scale) && Float.isFinite(1 / scale),
        "scale must be a normal float above zero with a finite reciprocal, got %s",
        scale);
  }

  /** The least number. */
  public int least() {
    return signed ? Byte.MIN_VALUE : 0;
  }

  /** The greatest number. */
  public int greatest() {
    return signed ? Byte.MAX_VALUE : 255;
  }

  /** What messages call the type; ND4J calls it otherwise. */
  String typeName() {
    return signed ? "INT8" : "UINT8";
  }

  /** The type of such numbers. */
  public DataType type() {
    return signed ? DataType.INT8 : DataType.UINT8;
  }
}
