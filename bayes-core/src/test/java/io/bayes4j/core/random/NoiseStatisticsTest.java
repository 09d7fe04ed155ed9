package io.bayes4j.core.random;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.NormalCdf;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Statistical tests of the stream. The seeds are fixed, so that they pass or fail for good; bounds
 * are at four to five standard deviations, or at a probability of one in a thousand for the
 * Kolmogorov-Smirnov distance.
 */
class NoiseStatisticsTest {
  private static final int MANY = 10_000_000;
  private static final int SOME = 1 << 20;
  private static final double KOLMOGOROV_0_999 = 1.95;

  @Test
  void tenMillionNormalsAreNormal() {
    float[] x = new float[MANY];
    Noise.seeded(2024).normals(x, 0, MANY, 0);
    checkMoments(x);
    checkTails(x);
    Arrays.parallelSort(x);
    assertThat(kolmogorov(x, NormalCdf::of)).isLessThan(KOLMOGOROV_0_999);
  }

  @Test
  void momentsHoldForManyStreams() {
    float[] x = new float[SOME];
    for (int id = 0; id < 10; id++) {
      Noise.seeded(id).split("moments").normals(x, 0, SOME, 12_345_678_901L * id);
      checkMoments(x);
    }
  }

  @Test
  void tenMillionUniformsAreUniform() {
    float[] x = new float[MANY];
    Noise.seeded(7).uniforms(x, 0, MANY, 0);
    Arrays.parallelSort(x);
    assertThat(x[0]).isGreaterThanOrEqualTo(0f);
    assertThat(x[MANY - 1]).isLessThan(1f);
    // The centre of the cell of width 2^-24 that a value stands for.
    assertThat(kolmogorov(x, value -> value + 0x1p-25)).isLessThan(KOLMOGOROV_0_999);
  }

  @Test
  void signsAreBalancedAtEveryBit() {
    float[] x = new float[SOME];
    Noise.seeded(11).signs(x, 0, SOME, 0);
    double[] sums = new double[64];
    for (int i = 0; i < SOME; i++) {
      assertThat(Math.abs(x[i])).isEqualTo(1f);
      sums[i % 64] += x[i];
    }
    double bound = 4.5 * Math.sqrt(SOME / 64.0);
    for (double sum : sums) {
      assertThat(Math.abs(sum)).isLessThan(bound);
    }
    assertThat(Math.abs(Arrays.stream(sums).sum())).isLessThan(4.5 * Math.sqrt(SOME));
  }

  @Test
  void elementsAtADistanceAreUncorrelated() {
    float[] x = new float[SOME];
    for (Kind kind : Kind.values()) {
      kind.fill(Noise.seeded(5).key(), x, 0, SOME, 0);
      for (int lag : new int[] {1, 2, 3, 4, 31, 32, 63, 64, 65, 128, 1024, 2048, 4096, 65536}) {
        float[] head = Arrays.copyOf(x, SOME - lag);
        float[] shifted = Arrays.copyOfRange(x, lag, SOME);
        checkUncorrelated(head, shifted, kind + " at lag " + lag);
      }
    }
  }

  @Test
  void streamsAreUncorrelated() {
    Noise root = Noise.seeded(0);
    Noise[] streams = {
      root,
      Noise.seeded(1),
      Noise.seeded(-1),
      Noise.seeded(1L << 32),
      root.split(0),
      root.split(1),
      root.split(0).split(1),
      root.split(1).split(0),
      root.split("a"),
      root.split("b")
    };
    for (Kind kind : Kind.values()) {
      float[][] values = new float[streams.length][1 << 18];
      for (int i = 0; i < streams.length; i++) {
        kind.fill(streams[i].key(), values[i], 0, values[i].length, 0);
        for (int j = 0; j < i; j++) {
          checkUncorrelated(values[i], values[j], kind + " of streams " + i + ", " + j);
          checkUncorrelated(squares(values[i]), values[j], kind + " squared " + i + ", " + j);
        }
      }
    }
  }

  @Test
  void kindsOfOneStreamAreUncorrelated() {
    Noise noise = Noise.seeded(99);
    float[] normals = new float[SOME];
    float[] uniforms = new float[SOME];
    float[] signs = new float[SOME];
    noise.normals(normals, 0, SOME, 0);
    noise.uniforms(uniforms, 0, SOME, 0);
    noise.signs(signs, 0, SOME, 0);
    checkUncorrelated(normals, uniforms, "normals, uniforms");
    checkUncorrelated(normals, signs, "normals, signs");
    checkUncorrelated(uniforms, signs, "uniforms, signs");
    checkUncorrelated(squares(normals), uniforms, "squared normals, uniforms");
    checkUncorrelated(squares(normals), signs, "squared normals, signs");
  }

  @Test
  void correlationCheckCanFail() {
    float[] x = new float[1000];
    Noise.seeded(1).normals(x, 0, x.length, 0);
    float[] y = x.clone();
    Noise.seeded(2).normals(y, 0, 900, 0);
    assertThat(Math.abs(correlation(x, y)) * Math.sqrt(x.length)).isGreaterThan(2);
    assertThat(correlation(x, x)).isGreaterThan(0.999);
  }

  @Test
  void allOrdersOfFourAreEquallyLikely() {
    int[] counts = new int[256];
    int draws = 240_000;
    Noise noise = Noise.seeded(31);
    for (int i = 0; i < draws; i++) {
      int[] order = noise.split(i).permutation(4);
      counts[order[0] + 4 * order[1] + 16 * order[2] + 64 * order[3]]++;
    }
    double expected = draws / 24.0;
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += count == 0 ? 0 : (count - expected) * (count - expected) / expected;
    }
    assertThat(Arrays.stream(counts).filter(count -> count > 0)).hasSize(24);
    // The 0.999 quantile for 23 degrees of freedom.
    assertThat(chiSquare).isLessThan(49.73);
  }

  @Test
  void positionsInLongPermutationsAreUniform() {
    int n = 100;
    int draws = 20_000;
    int[][] counts = new int[n][n];
    for (int i = 0; i < draws; i++) {
      int[] order = Noise.seeded(8).split(i).permutation(n);
      for (int at = 0; at < n; at++) {
        counts[at][order[at]]++;
      }
    }
    double expected = (double) draws / n;
    double chiSquare = 0;
    for (int[] row : counts) {
      for (int count : row) {
        chiSquare += (count - expected) * (count - expected) / expected;
      }
    }
    double freedom = (n - 1.0) * (n - 1.0);
    assertThat(Math.abs(chiSquare - freedom) / Math.sqrt(2 * freedom)).isLessThan(4);
  }

  private static void checkMoments(float[] values) {
    double[] sums = new double[4];
    for (float value : values) {
      double power = 1;
      for (int k = 0; k < 4; k++) {
        power *= value;
        sums[k] += power;
      }
    }
    int n = values.length;
    double root = Math.sqrt(n);
    assertThat(Math.abs(sums[0]) / root).as("z of the mean").isLessThan(4);
    assertThat(Math.abs(sums[1] - n) / root / Math.sqrt(2)).as("z of the variance").isLessThan(4);
    assertThat(Math.abs(sums[2]) / root / Math.sqrt(15)).as("z of the skewness").isLessThan(4);
    assertThat(Math.abs(sums[3] - 3.0 * n) / root / Math.sqrt(96)).as("z of 4th").isLessThan(4);
  }

  private static void checkTails(float[] values) {
    for (int sigmas = 3; sigmas <= 5; sigmas++) {
      int above = 0;
      int below = 0;
      for (float value : values) {
        above += value > sigmas ? 1 : 0;
        below += value < -sigmas ? 1 : 0;
      }
      double expected = values.length * NormalCdf.of(-sigmas);
      double bound = 4.5 * Math.sqrt(expected);
      assertThat(Math.abs(above - expected)).as("above %d sigma", sigmas).isLessThan(bound);
      assertThat(Math.abs(below - expected)).as("below -%d sigma", sigmas).isLessThan(bound);
    }
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    // Exceeded by ten million normals with a probability of 0.997 and 0.006.
    assertThat(largest).isBetween(5f, 6.2f);
  }

  /** Returns sqrt(n) times the largest distance of the distribution functions, by every tenth. */
  private static double kolmogorov(float[] sorted, DoubleUnaryOperator cdf) {
    int n = sorted.length;
    double distance = 0;
    for (int i = 0; i < n; i += 10) {
      distance = Math.max(distance, Math.abs(cdf.applyAsDouble(sorted[i]) - (i + 0.5) / n));
    }
    return distance * Math.sqrt(n);
  }

  private static void checkUncorrelated(float[] x, float[] y, String what) {
    double z = correlation(x, y) * Math.sqrt(x.length);
    assertThat(Math.abs(z)).as("z of the correlation of %s", what).isLessThan(4.5);
  }

  private static double correlation(float[] x, float[] y) {
    double n = x.length;
    double sumX = 0;
    double sumY = 0;
    double sumXx = 0;
    double sumYy = 0;
    double sumXy = 0;
    for (int i = 0; i < x.length; i++) {
      sumX += x[i];
      sumY += y[i];
      sumXx += x[i] * (double) x[i];
      sumYy += y[i] * (double) y[i];
      sumXy += x[i] * (double) y[i];
    }
    double varianceX = sumXx / n - sumX / n * sumX / n;
    double varianceY = sumYy / n - sumY / n * sumY / n;
    double covariance = sumXy / n - sumX / n * sumY / n;
    return covariance == 0 ? 0 : covariance / Math.sqrt(varianceX * varianceY);
  }

  private static float[] squares(float[] x) {
    float[] squares = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      squares[i] = x[i] * x[i];
    }
    return squares;
  }
}
