package io.bayes4j.core.testing;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch normalisations and their gradients, with and without what may follow. */
final class NormContract {
  private static final double EPSILON = 1e-5;

  private final KernelProvider provider;
  private final double tolerance;
  private final KernelCheck check;

  NormContract(KernelProvider provider, double tolerance) {
    this.provider = provider;
    this.tolerance = tolerance;
    this.check = new KernelCheck(tolerance);
  }

  void batchNorm() {
    KernelCheck.forActivations(
        (x, what) -> {
          INDArray scale = Samples.normals(2, x.size(1));
          INDArray shift = Samples.normals(3, x.size(1));
          NaiveChannels.Normalized expected = NaiveChannels.batchNorm(x, scale, shift, EPSILON);
          KernelProvider.BatchNorm actual = provider.batchNorm(x, scale, shift, EPSILON);
          assertNormalized(what, x, actual, expected);
          for (Layout layout : Layout.values()) {
            INDArray g = Samples.normals(layout, 4, x.shape());
            assertGradients(
                what + " " + layout,
                x,
                NaiveChannels.batchNormBackward(x, g, scale, EPSILON),
                provider.batchNormBackward(x, g, scale, actual, EPSILON));
          }
        });
  }

  private void assertNormalized(
      String what, INDArray x, KernelProvider.BatchNorm actual, NaiveChannels.Normalized expected) {
    long[] perChannel = {x.size(1)};
    check.kernel("batch norm " + what, actual.y(), x.shape(), expected.y());
    check.kernel("mean " + what, actual.mean(), perChannel, expected.mean());
    check.kernel("variance " + what, actual.variance(), perChannel, expected.variance());
  }

  private void assertGradients(
      String what,
      INDArray x,
      NaiveChannels.NormalizedGradients expected,
      KernelProvider.BatchNormGradients actual) {
    long[] perChannel = {x.size(1)};
    check.kernel("gradient of x " + what, actual.x(), x.shape(), expected.x());
    check.kernel("gradient of scale " + what, actual.scale(), perChannel, expected.scale());
    check.kernel("gradient of shift " + what, actual.shift(), perChannel, expected.shift());
  }

  void batchNormWithRelu() {
    KernelCheck.forActivations(
        (x, what) -> {
          INDArray scale = Samples.normals(2, x.size(1));
          INDArray shift = Samples.normals(3, x.size(1));
          NaiveChannels.Normalized plain = NaiveChannels.batchNorm(x, scale, shift, EPSILON);
          KernelProvider.BatchNorm actual =
              provider.batchNorm(x, scale, shift, EPSILON, Epilogue.RELU);
          assertNormalized(
              what + " with ReLU",
              x,
              actual,
              new NaiveChannels.Normalized(
                  KernelCheck.relu(plain.y()), plain.mean(), plain.variance()));
          KernelProvider.BatchNorm forgetful =
              new KernelProvider.BatchNorm(actual.y(), actual.mean(), actual.variance());
          for (Layout layout : Layout.values()) {
            INDArray g = Samples.normals(layout, 4, x.shape());
            INDArray masked = g.mul(Samples.array(x.shape(), plain.y()).gt(0).castTo(g.dataType()));
            assertGradients(
                "with ReLU " + what + " " + layout,
                x,
                NaiveChannels.batchNormBackward(x, masked, scale, EPSILON),
                provider.batchNormBackward(x, g, scale, actual, EPSILON, Epilogue.RELU));
            assertGradients(
                "with ReLU, nothing remembered " + what + " " + layout,
                x,
                NaiveChannels.batchNormBackward(x, masked, scale, EPSILON),
                provider.batchNormBackward(x, g, scale, forgetful, EPSILON, Epilogue.RELU));
          }
        });
  }

  void batchNormPlusAddendWithRelu() {
    KernelCheck.forActivations(
        (x, what) -> {
          INDArray scale = Samples.normals(2, x.size(1));
          INDArray shift = Samples.normals(3, x.size(1));
          for (Layout layout : Layout.values()) {
            INDArray addend = Samples.normals(layout, 5, x.shape());
            NaiveChannels.Normalized plain = NaiveChannels.batchNorm(x, scale, shift, EPSILON);
            INDArray sum = Samples.array(x.shape(), plain.y()).add(addend);
            KernelProvider.BatchNorm actual =
                provider.batchNorm(x, scale, shift, EPSILON, new Epilogue(addend, true));
            double[] y = KernelCheck.relu(Doubles.of(sum));
            assertNormalized(
                what + " plus " + layout,
                x,
                actual,
                new NaiveChannels.Normalized(y, plain.mean(), plain.variance()));
            INDArray g = Samples.normals(layout, 4, x.shape());
            INDArray masked = g.mul(sum.gt(0).castTo(g.dataType()));
            KernelProvider.BatchNormGradients gradients =
                provider.batchNormBackward(
                    x, g, scale, actual, EPSILON, new Epilogue(addend, true));
            assertGradients(
                "plus " + layout + " " + what,
                x,
                NaiveChannels.batchNormBackward(x, masked, scale, EPSILON),
                gradients);
            check.kernel("addend " + what, gradients.addend(), x.shape(), Doubles.of(masked));
          }
        });
  }

  void batchNormWithReluDoesNotHideWhatIsNotANumber() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 4, 16, 3, 3);
      x.putScalar(new int[] {1, 2, 0, 1}, bad);
      INDArray ones = Samples.positive(2, 16);
      KernelProvider.BatchNorm norm = provider.batchNorm(x, ones, ones, EPSILON, Epilogue.RELU);
      assertThat(norm.y().getFloat(0, 2, 0, 0)).isNaN();
      assertThat(norm.y().getFloat(0, 3, 0, 0)).isFinite();
      INDArray gradX =
          provider.batchNormBackward(x, x.dup().assign(1), ones, norm, EPSILON, Epilogue.RELU).x();
      assertThat(gradX.getFloat(0, 2, 0, 0)).isNaN();
    }
  }

  void batchNormFarFromZero() {
    // A variance found as the mean square less the squared mean has lost all digits here.
    for (double mean : new double[] {100, -3000}) {
      INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 8, 3, 9, 9).add(mean);
      INDArray scale = Samples.positive(2, 3);
      INDArray shift = Samples.normals(3, 3);
      NaiveChannels.Normalized expected = NaiveChannels.batchNorm(x, scale, shift, EPSILON);
      KernelProvider.BatchNorm actual = provider.batchNorm(x, scale, shift, EPSILON);
      // The input itself is only known to a spacing of floats about the mean.
      double inputSpacing = Math.abs(mean) * 0x1p-23;
      double allowed = tolerance + inputSpacing;
      assertClose("variance", actual.variance(), new long[] {3}, expected.variance(), allowed);
      assertClose("y", actual.y(), x.shape(), expected.y(), allowed);
    }
  }
}
