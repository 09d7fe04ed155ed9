package io.bayes4j.core.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.NormalCdf;
import io.bayes4j.core.internal.Scratch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InverseNormalTest {
  /** Coprime to 2^32, so that all low bits occur. */
  private static final long STRIDE = 4999;

  private static final long HALF = 1L << 31;
  private static final long END = 1L << 32;

  @Test
  void exactInverseUndoesTheDistributionFunction() {
    for (double x = -6.5; x <= 6.5; x += 0.037) {
      double p = NormalCdf.of(-Math.abs(x));
      assertThat(WichuraInverse.of(p)).isCloseTo(-Math.abs(x), within(1e-11));
    }
    assertThat(WichuraInverse.of(0.975)).isCloseTo(1.959963984540054, within(1e-14));
    assertThat(WichuraInverse.of(0.5)).isZero();
  }

  @Test
  void everyDigitOfAFloatButTheLastTwoBitsIsRight() {
    assertThat(worstError(0, END, STRIDE)).isLessThan(5e-7);
  }

  @Test
  void tailsAndMiddleLoseNoDigits() {
    assertThat(worstError(0, 300_000, 1)).isLessThan(5e-7);
    assertThat(worstError(END - 300_000, END, 1)).isLessThan(5e-7);
    // Below 1e-5, exact() itself loses digits of 1/2 - p, but no absolute ones.
    assertThat(worstError(HALF + 10_000, HALF + 300_000, 1)).isLessThan(5e-7);
  }

  @Test
  void middleIsLinear() {
    float[] x = deviates(HALF - 1000, 1, 2000);
    double slope = Math.sqrt(2 * Math.PI) * 0x1p-32;
    for (int i = 0; i < x.length; i++) {
      double expected = (999.5 - i) * slope;
      assertThat((double) x[i]).isCloseTo(expected, within(5e-7 * Math.abs(expected)));
    }
  }

  @Test
  void complementsAreOpposites() {
    for (long first = 0; first < HALF; first += 2000 * STRIDE) {
      float[] x = deviates(first, STRIDE, 2000);
      float[] y = deviates(END - 1 - first, -STRIDE, 2000);
      for (int i = 0; i < x.length; i++) {
        assertThat(y[i]).isEqualTo(-x[i]);
      }
    }
  }

  @Test
  void greaterWordsNeverGiveGreaterDeviates() {
    float before = Float.POSITIVE_INFINITY;
    for (long first = 0; first < END; first += 2000 * STRIDE) {
      for (float x : deviates(first, STRIDE, (int) Math.min(2000, (END - first) / STRIDE))) {
        assertThat(x).isLessThanOrEqualTo(before);
        before = x;
      }
    }
  }

  @Test
  void endsAtSixPointThreeSigma() {
    assertThat(deviates(0, 1, 2)[0]).isCloseTo(6.33796f, within(1e-5f));
    assertThat(deviates(END - 2, 1, 2)[1]).isCloseTo(-6.33796f, within(1e-5f));
  }

  /** Largest relative error of the words first, first + stride, ... below end. */
  private static double worstError(long first, long end, long stride) {
    double worst = 0;
    for (long from = first; from < end; from += RandomFloats.MOST * stride) {
      int n = (int) Math.min(RandomFloats.MOST, (end - from + stride - 1) / stride);
      float[] x = deviates(from, stride, n);
      for (int i = 0; i < n; i++) {
        double expected = exact(from + i * stride);
        worst = Math.max(worst, Math.abs((x[i] - expected) / expected));
      }
    }
    return worst;
  }

  private static double exact(long word) {
    // In the lower half of the probabilities, for 1 - p has fewer digits than p.
    return word < HALF
        ? -WichuraInverse.of((word + 0.5) * 0x1p-32)
        : WichuraInverse.of((END - word - 0.5) * 0x1p-32);
  }

  private static float[] deviates(long first, long stride, int n) {
    long[] words = new long[(n + 1) / 2];
    for (int i = 0; i < words.length; i++) {
      long low = first + 2L * i * stride;
      words[i] = (low & 0xffffffffL) | ((low + stride) << 32);
    }
    RandomFloats floats = new RandomFloats();
    floats.take(words);
    try (Scratch scratch = Scratch.open()) {
      float[] block = scratch.array();
      InverseNormal.of(floats, scratch, block);
      return Arrays.copyOf(block, n);
    }
  }
}
