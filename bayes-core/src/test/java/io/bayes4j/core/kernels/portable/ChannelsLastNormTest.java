package io.bayes4j.core.kernels.portable;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.KernelProvider.BatchNorm;
import io.bayes4j.core.kernels.KernelProvider.BatchNormGradients;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.NaiveChannels;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ChannelsLastNormTest {
  private static final double EPSILON = 1e-5;
  private static final double TOLERANCE = 1e-5;
  private static final ChannelsLastNorm PLAIN = new ChannelsLastNorm(EPSILON, false);
  private static final ChannelsLastNorm RELU = new ChannelsLastNorm(EPSILON, true);

  @ParameterizedTest
  @CsvSource({
    "1, 1, 5",
    "6, 2, 1",
    "3, 5, 7",
    "1, 3, 4099", // no multiple of a tile
    "2, 16, 1025", // one row beyond a tile
    "40, 64, 61", // several tasks, the last of them short
    "3, 513, 5", // a row a tile
    "67, 1000, 1",
    "5, 1024, 2",
    "5, 1025, 2", // two bands
    "3, 5000, 3",
  })
  void agreesWithTheDefinition(int examples, int channels, int positions) {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, examples, channels, positions);
    INDArray scale = Samples.normals(2, channels);
    INDArray shift = Samples.normals(3, channels);
    INDArray g = Samples.normals(Layout.CHANNELS_LAST, 4, x.shape());
    NaiveChannels.Normalized expected = NaiveChannels.batchNorm(x, scale, shift, EPSILON);
    BatchNorm plain = PLAIN.forward(x, scale, shift);
    long[] perChannel = {channels};
    assertClose("y", plain.y(), x.shape(), expected.y(), TOLERANCE);
    assertClose("mean", plain.mean(), perChannel, expected.mean(), TOLERANCE);
    assertClose("variance", plain.variance(), perChannel, expected.variance(), TOLERANCE);
    assertGradients(x, g, scale, PLAIN.backward(x, g, scale, plain));
    INDArray positive = plain.y().gt(0).castTo(x.dataType());
    BatchNorm rectified = RELU.forward(x, scale, shift);
    assertThat(rectified.y()).isEqualTo(plain.y().mul(positive));
    assertGradients(x, g.mul(positive), scale, RELU.backward(x, g, scale, rectified));
  }

  private static void assertGradients(
      INDArray x, INDArray g, INDArray scale, BatchNormGradients actual) {
    NaiveChannels.NormalizedGradients expected =
        NaiveChannels.batchNormBackward(x, g, scale, EPSILON);
    long[] perChannel = {x.size(1)};
    assertClose("gradient of x", actual.x(), x.shape(), expected.x(), TOLERANCE);
    assertClose("gradient of scale", actual.scale(), perChannel, expected.scale(), TOLERANCE);
    assertClose("gradient of shift", actual.shift(), perChannel, expected.shift(), TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(doubles = {100, -3000})
  void keepsItsDigitsFarFromZero(double distance) {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 64, 3, 20, 20).muli(0.5).addi(distance);
    INDArray ones = Samples.positive(2, 3);
    INDArray g = Samples.normals(Layout.CHANNELS_LAST, 4, x.shape());
    BatchNorm actual = PLAIN.forward(x, ones, ones);
    NaiveChannels.Normalized expected = NaiveChannels.batchNorm(x, ones, ones, EPSILON);
    // The mean, which is subtracted, is known to half a spacing of floats about it.
    double allowed = TOLERANCE + Math.abs(distance) * 0x1p-23;
    assertClose("variance", actual.variance(), new long[] {3}, expected.variance(), TOLERANCE);
    assertClose("y", actual.y(), x.shape(), expected.y(), allowed);
    assertClose(
        "gradient of x",
        PLAIN.backward(x, g, ones, actual).x(),
        x.shape(),
        NaiveChannels.batchNormBackward(x, g, ones, EPSILON).x(),
        allowed);
  }

  /** A first row far from all others must not cost the variance its digits. */
  @Test
  void firstRowMayBeAnOutlier() {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 64, 3, 10, 10);
    for (int c = 0; c < 3; c++) {
      x.putScalar(new int[] {0, c, 0, 0}, 100);
    }
    INDArray ones = Samples.positive(2, 3);
    assertClose(
        "variance",
        PLAIN.forward(x, ones, ones).variance(),
        new long[] {3},
        NaiveChannels.batchNorm(x, ones, ones, EPSILON).variance(),
        TOLERANCE);
  }

  @Test
  void givesTheSameBitsForAnyNumberOfThreads() {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 30, 48, 13, 9);
    INDArray scale = Samples.normals(2, 48);
    INDArray g = Samples.normals(Layout.CHANNELS_LAST, 4, x.shape());
    int before = Parallel.threads();
    List<INDArray> first = null;
    try {
      for (int threads : new int[] {1, 2, 5}) {
        Parallel.setThreads(threads);
        BatchNorm forward = RELU.forward(x, scale, scale);
        BatchNormGradients back = RELU.backward(x, g, scale, forward);
        List<INDArray> all =
            List.of(forward.y(), forward.mean(), forward.variance(), back.x(), back.scale());
        first = first == null ? all : first;
        for (int i = 0; i < all.size(); i++) {
          assertThat(Doubles.of(all.get(i))).isEqualTo(Doubles.of(first.get(i)));
        }
      }
    } finally {
      Parallel.setThreads(before);
    }
  }

  /** Signs of what is nearly zero must be the same in both directions. */
  @Test
  void gradientPassesExactlyWhereTheResultIsPositive() {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 9, 7, 31);
    INDArray scale = Samples.normals(2, 7).muli(1e-30);
    INDArray zeros = Samples.normals(3, 7).muli(0);
    BatchNorm forward = RELU.forward(x, scale, zeros);
    INDArray ones = forward.y().ulike().assign(1);
    double[] passed = Doubles.of(RELU.backward(x, ones, scale, forward).shift());
    double[] positive = NaiveChannels.sum(forward.y().gt(0).castTo(x.dataType()));
    assertThat(passed).isEqualTo(positive);
  }

  @Test
  void gradientsThatAreNotFiniteReachTheirChannelAlone() {
    INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 4, 16, 3, 3);
    INDArray ones = Samples.positive(2, 16);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      INDArray g = Samples.normals(Layout.CHANNELS_LAST, 4, x.shape());
      g.putScalar(new int[] {3, 5, 2, 2}, bad);
      for (ChannelsLastNorm norm : List.of(PLAIN, RELU)) {
        INDArray gradX = norm.backward(x, g, ones, norm.forward(x, ones, ones)).x();
        List<Integer> notFinite = new ArrayList<>();
        for (int c = 0; c < 16; c++) {
          if (!Float.isFinite(gradX.getFloat(0, c, 0, 0))) {
            notFinite.add(c);
          }
        }
        assertThat(notFinite).containsExactly(5);
      }
    }
  }

  @Test
  void readsRowMajorInputToo() {
    INDArray x = Samples.normals(Layout.ROW_MAJOR, 1, 4, 3, 5, 5);
    INDArray scale = Samples.normals(2, 3);
    BatchNorm actual = RELU.forward(x, scale, scale);
    BatchNorm expected = RELU.forward(Layout.CHANNELS_LAST.ensure(x), scale, scale);
    assertThat(actual.y()).isEqualTo(expected.y());
  }
}
