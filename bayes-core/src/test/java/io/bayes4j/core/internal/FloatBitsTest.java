package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FloatBitsTest {
  private static final double ROOT_HALF = Math.sqrt(0.5);

  @Test
  void splitsNormalFloatsOfAllSizes() {
    float[] x = new float[Scratch.SIZE];
    int n = 0;
    for (long bits = Float.floatToIntBits(Float.MIN_NORMAL); bits < 0x7f800000; bits += 523_777) {
      x[n++] = Float.intBitsToFloat((int) bits);
    }
    float[] exponent = new float[n];
    float[] mantissa = new float[n];
    FloatBits.own().split(x, exponent, mantissa, n);
    for (int i = 0; i < n; i++) {
      assertThat(exponent[i]).isEqualTo((float) Math.rint(exponent[i]));
      assertThat(mantissa[i] * Math.scalb(1.0, (int) exponent[i])).isEqualTo(x[i]);
      assertThat((double) mantissa[i]).isBetween(ROOT_HALF - 1e-7, 2 * ROOT_HALF);
    }
  }

  @Test
  void splitsInPlaceAndLeavesTheRest() {
    float[] x = {1, 0.5f, 6, 7};
    float[] exponent = new float[4];
    FloatBits.own().split(x, exponent, x, 3);
    assertThat(x).containsExactly(1, 1, 0.75f, 7);
    assertThat(exponent).containsExactly(0, -1, 3, 0);
  }

  @Test
  void lowHalfOfAPairComesFirst() {
    long pair = 0x3f800000L | (long) Float.floatToRawIntBits(-2.5f) << 32;
    float[] out = new float[5];
    FloatBits.own().ofPairs(new long[] {pair, pair, 7}, out, 2);
    assertThat(out).containsExactly(1, -2.5f, 1, -2.5f, 0);
  }
}
