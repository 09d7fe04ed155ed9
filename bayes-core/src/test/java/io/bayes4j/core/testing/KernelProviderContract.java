package io.bayes4j.core.testing;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.PreparedConv;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What every provider of kernels must do, compared with loops in double precision.
 *
 * <p>A provider's test extends it, names the provider and, if its arithmetic is coarser than float,
 * the tolerance.
 */
public abstract class KernelProviderContract {
  private static final double EPSILON = 1e-5;

  /** The provider to test. */
  protected abstract KernelProvider provider();

  /**
   * Largest error, relative to the largest element of a result: about a hundred roundings of a
   * float.
   */
  protected double tolerance() {
    return 1e-5;
  }

  private void assertKernel(String what, INDArray actual, long[] shape, double[] expected) {
    assertClose(what, actual, shape, expected, tolerance());
    assertThat(Layout.ROW_MAJOR.describes(actual) || Layout.CHANNELS_LAST.describes(actual))
        .as("%s is dense", what)
        .isTrue();
  }

  static Stream<KernelGrid.Case> convolutions() {
    return Stream.concat(KernelGrid.convolutions(), GeometryEdges.convolutions());
  }

  static Stream<KernelGrid.Case> poolings() {
    return Stream.concat(KernelGrid.poolings(), GeometryEdges.poolings());
  }

  @Test
  void matmulOfEverySizeAndTranspose() {
    KernelGrid.products().forEach(size -> assertProducts(size[0], size[1], size[2]));
  }

  private void assertProducts(int m, int k, int n) {
    for (int transposes = 0; transposes < 4; transposes++) {
      boolean ta = (transposes & 1) != 0;
      boolean tb = (transposes & 2) != 0;
      INDArray a = ta ? Samples.normals(1, k, m) : Samples.normals(1, m, k);
      INDArray b = tb ? Samples.normals(2, n, k) : Samples.normals(2, k, n);
      String what = "matmul " + m + " x " + k + " x " + n + " transposed " + ta + " " + tb;
      assertKernel(
          what,
          provider().matmul(a, ta, b, tb),
          new long[] {m, n},
          NaiveKernels.matmul(a, ta, b, tb));
    }
  }

  @Test
  void rowProducts() {
    RowProductsCheck.assertProducts(provider(), tolerance());
  }

  @Test
  void matmulOfViews() {
    INDArray a = Samples.normals(1, 5, 7);
    INDArray b = Samples.normals(2, 7, 3);
    double[] expected = NaiveKernels.matmul(a, false, b, false);
    for (INDArray left :
        List.of(a, Samples.strided(a), a.dup('f'), a.transpose().dup('c').transpose())) {
      for (INDArray right : List.of(b, Samples.strided(b), b.dup('f'))) {
        assertKernel(
            "matmul of views",
            provider().matmul(left, false, right, false),
            new long[] {5, 3},
            expected);
      }
    }
  }

  @Test
  void linearWithAndWithoutBias() {
    KernelGrid.products()
        .filter(size -> size[0] <= 17)
        .forEach(
            size -> {
              INDArray x = Samples.normals(1, size[0], size[1]);
              INDArray w = Samples.normals(2, size[2], size[1]);
              INDArray bias = Samples.normals(3, size[2]);
              long[] shape = {size[0], size[2]};
              double[] plain = NaiveKernels.matmul(x, false, w, true);
              assertKernel("linear", provider().linear(x, w, null), shape, plain);
              double[] biased = plain.clone();
              for (int i = 0; i < biased.length; i++) {
                biased[i] += bias.getDouble(i % size[2]);
              }
              assertKernel("linear with bias", provider().linear(x, w, bias), shape, biased);
            });
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void conv(KernelGrid.Case c) {
    INDArray x = Samples.normals(c.layout(), 1, c.shapeX());
    INDArray w = Samples.normals(2, c.shapeW());
    INDArray bias = Samples.normals(3, c.units());
    INDArray before = x.dup();
    assertKernel(
        "conv",
        provider().conv(x, w, null, c.g()),
        c.shapeY(),
        NaiveKernels.conv(x, w, null, c.g()));
    assertKernel(
        "conv with bias",
        provider().conv(x, w, bias, c.g()),
        c.shapeY(),
        NaiveKernels.conv(x, w, bias, c.g()));
    assertThat(x).isEqualTo(before);
  }

  static Stream<KernelGrid.Case> epilogues() {
    return Stream.concat(KernelGrid.convolutions(), GeometryEdges.uniformConvolutions());
  }

  @ParameterizedTest
  @MethodSource("epilogues")
  void convWithEpilogue(KernelGrid.Case c) {
    INDArray x = Samples.normals(c.layout(), 1, c.shapeX());
    INDArray w = Samples.normals(2, c.shapeW());
    INDArray bias = Samples.normals(3, c.units());
    for (INDArray b : Arrays.asList(null, bias)) {
      double[] plain = NaiveKernels.conv(x, w, b, c.g());
      for (Layout layout : Layout.values()) {
        INDArray addend = Samples.normals(layout, 4, c.shapeY());
        double[] values = Doubles.of(addend);
        double[] sum = plain.clone();
        Arrays.setAll(sum, i -> sum[i] + values[i]);
        assertConv("conv, sum", x, w, b, c, new Epilogue(addend, false), sum);
        assertConv("conv, sum, ReLU", x, w, b, c, new Epilogue(addend, true), relu(sum));
        assertThat(Doubles.of(addend)).as("addend is left alone").isEqualTo(values);
        INDArray inPlace = provider().conv(x, w, b, c.g(), new Epilogue(addend, true, true));
        assertKernel("conv, sum in place, ReLU", inPlace, c.shapeY(), relu(sum));
      }
      assertConv("conv, ReLU", x, w, b, c, new Epilogue(null, true), relu(plain));
    }
  }

  private void assertConv(
      String what,
      INDArray x,
      INDArray w,
      INDArray bias,
      KernelGrid.Case c,
      Epilogue epilogue,
      double[] expected) {
    INDArray y = provider().conv(x, w, bias, c.g(), epilogue);
    assertKernel(what, y, c.shapeY(), expected);
    PreparedConv prepared = provider().prepareConv(w, bias, c.g());
    for (int use = 0; use < 2; use++) {
      assertThat(Doubles.of(prepared.conv(x, epilogue))).as(what).isEqualTo(Doubles.of(y));
    }
  }

  private static double[] relu(double[] values) {
    return Arrays.stream(values).map(v -> Math.max(v, 0)).toArray();
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convBackward(KernelGrid.Case c) {
    INDArray x = Samples.normals(c.layout(), 1, c.shapeX());
    INDArray w = Samples.normals(2, c.shapeW());
    INDArray g = Samples.normals(c.layout(), 3, c.shapeY());
    double[] gradX = NaiveKernels.convBackwardData(g, w, c.shapeX(), c.g());
    double[] gradW = NaiveKernels.convBackwardWeights(x, g, c.shapeW(), c.g());
    assertKernel(
        "gradient of x", provider().convBackwardData(g, w, c.shapeX(), c.g()), c.shapeX(), gradX);
    assertKernel(
        "gradient of w",
        provider().convBackwardWeights(x, g, c.shapeW(), c.g()),
        c.shapeW(),
        gradW);
    KernelProvider.ConvGradients both = provider().convBackward(x, w, g, c.g());
    assertKernel("gradient of x beside w", both.x(), c.shapeX(), gradX);
    assertKernel("gradient of w beside x", both.weight(), c.shapeW(), gradW);
  }

  static Stream<KernelGrid.Case> flipouts() {
    return Stream.concat(KernelGrid.flipouts(), GeometryEdges.uniformConvolutions());
  }

  @ParameterizedTest
  @MethodSource("flipouts")
  void flipoutConv(KernelGrid.Case c) {
    new FlipoutContract(provider(), tolerance(), c).check();
  }

  @ParameterizedTest
  @MethodSource("poolings")
  void maxPool(KernelGrid.Case c) {
    // All below zero: padding that took part would win.
    INDArray x = Samples.in(c.layout(), Samples.distinct(1, c.shapeX()).sub(1000));
    INDArray y = provider().maxPool(x, c.g());
    assertKernel("max pool", y, c.pooledShape(), NaiveKernels.maxPool(x, c.g()));
    assertMaxPoolBackward(x, y, c);
  }

  @ParameterizedTest
  @MethodSource("poolings")
  void maxPoolGivesTheGradientToTheFirstOfEquals(KernelGrid.Case c) {
    INDArray threeValues = Samples.in(c.layout(), Samples.distinct(1, c.shapeX()).fmod(0.75));
    assertMaxPoolBackward(threeValues, provider().maxPool(threeValues, c.g()), c);
    INDArray equal = Samples.in(c.layout(), Samples.distinct(1, c.shapeX()).assign(-1));
    assertMaxPoolBackward(equal, provider().maxPool(equal, c.g()), c);
  }

  private void assertMaxPoolBackward(INDArray x, INDArray y, KernelGrid.Case c) {
    INDArray g = Samples.normals(c.layout(), 2, c.pooledShape());
    assertKernel(
        "gradient of max pool",
        provider().maxPoolBackward(x, y, g, c.g()),
        c.shapeX(),
        NaiveKernels.maxPoolBackward(x, g, c.g()));
  }

  @ParameterizedTest
  @MethodSource("poolings")
  void avgPool(KernelGrid.Case c) {
    INDArray x = Samples.normals(c.layout(), 1, c.shapeX());
    assertKernel(
        "average pool",
        provider().avgPool(x, c.g()),
        c.pooledShape(),
        NaiveKernels.avgPool(x, c.g()));
    INDArray g = Samples.normals(c.layout(), 2, c.pooledShape());
    assertKernel(
        "gradient of average pool",
        provider().avgPoolBackward(g, c.shapeX(), c.g()),
        c.shapeX(),
        NaiveKernels.avgPoolBackward(g, c.shapeX(), c.g()));
  }

  private void forActivations(BiConsumer<INDArray, String> test) {
    KernelGrid.activations()
        .forEach(
            shape -> {
              for (Layout layout : Layout.values()) {
                INDArray x = Samples.normals(layout, 1, shape);
                test.accept(x, layout + " " + Arrays.toString(shape));
              }
            });
  }

  @Test
  void batchNorm() {
    forActivations(
        (x, what) -> {
          INDArray scale = Samples.normals(2, x.size(1));
          INDArray shift = Samples.normals(3, x.size(1));
          NaiveChannels.Normalized expected = NaiveChannels.batchNorm(x, scale, shift, EPSILON);
          KernelProvider.BatchNorm actual = provider().batchNorm(x, scale, shift, EPSILON);
          assertNormalized(what, x, actual, expected);
          for (Layout layout : Layout.values()) {
            INDArray g = Samples.normals(layout, 4, x.shape());
            assertGradients(
                what + " " + layout,
                x,
                NaiveChannels.batchNormBackward(x, g, scale, EPSILON),
                provider().batchNormBackward(x, g, scale, actual, EPSILON));
          }
        });
  }

  private void assertNormalized(
      String what, INDArray x, KernelProvider.BatchNorm actual, NaiveChannels.Normalized expected) {
    long[] perChannel = {x.size(1)};
    assertKernel("batch norm " + what, actual.y(), x.shape(), expected.y());
    assertKernel("mean " + what, actual.mean(), perChannel, expected.mean());
    assertKernel("variance " + what, actual.variance(), perChannel, expected.variance());
  }

  private void assertGradients(
      String what,
      INDArray x,
      NaiveChannels.NormalizedGradients expected,
      KernelProvider.BatchNormGradients actual) {
    long[] perChannel = {x.size(1)};
    assertKernel("gradient of x " + what, actual.x(), x.shape(), expected.x());
    assertKernel("gradient of scale " + what, actual.scale(), perChannel, expected.scale());
    assertKernel("gradient of shift " + what, actual.shift(), perChannel, expected.shift());
  }

  @Test
  void batchNormWithRelu() {
    forActivations(
        (x, what) -> {
          INDArray scale = Samples.normals(2, x.size(1));
          INDArray shift = Samples.normals(3, x.size(1));
          NaiveChannels.Normalized plain = NaiveChannels.batchNorm(x, scale, shift, EPSILON);
          KernelProvider.BatchNorm actual = provider().batchNormRelu(x, scale, shift, EPSILON);
          assertNormalized(
              what + " with ReLU",
              x,
              actual,
              new NaiveChannels.Normalized(relu(plain.y()), plain.mean(), plain.variance()));
          KernelProvider.BatchNorm forgetful =
              new KernelProvider.BatchNorm(actual.y(), actual.mean(), actual.variance());
          for (Layout layout : Layout.values()) {
            INDArray g = Samples.normals(layout, 4, x.shape());
            INDArray masked = g.mul(Samples.array(x.shape(), plain.y()).gt(0).castTo(g.dataType()));
            assertGradients(
                "with ReLU " + what + " " + layout,
                x,
                NaiveChannels.batchNormBackward(x, masked, scale, EPSILON),
                provider().batchNormReluBackward(x, g, scale, actual, EPSILON));
            assertGradients(
                "with ReLU, nothing remembered " + what + " " + layout,
                x,
                NaiveChannels.batchNormBackward(x, masked, scale, EPSILON),
                provider().batchNormReluBackward(x, g, scale, forgetful, EPSILON));
          }
        });
  }

  @Test
  void batchNormPlusAddendWithRelu() {
    forActivations(
        (x, what) -> {
          INDArray scale = Samples.normals(2, x.size(1));
          INDArray shift = Samples.normals(3, x.size(1));
          for (Layout layout : Layout.values()) {
            INDArray addend = Samples.normals(layout, 5, x.shape());
            NaiveChannels.Normalized plain = NaiveChannels.batchNorm(x, scale, shift, EPSILON);
            INDArray sum = Samples.array(x.shape(), plain.y()).add(addend);
            KernelProvider.BatchNorm actual =
                provider().batchNormAddRelu(x, scale, shift, addend, EPSILON);
            double[] y = relu(Doubles.of(sum));
            assertNormalized(
                what + " plus " + layout,
                x,
                actual,
                new NaiveChannels.Normalized(y, plain.mean(), plain.variance()));
            INDArray g = Samples.normals(layout, 4, x.shape());
            INDArray masked = g.mul(sum.gt(0).castTo(g.dataType()));
            KernelProvider.ResidualGradients gradients =
                provider().batchNormAddReluBackward(x, g, scale, actual, EPSILON);
            assertGradients(
                "plus " + layout + " " + what,
                x,
                NaiveChannels.batchNormBackward(x, masked, scale, EPSILON),
                gradients.norm());
            assertKernel("addend " + what, gradients.addend(), x.shape(), Doubles.of(masked));
          }
        });
  }

  @Test
  void batchNormWithReluDoesNotHideWhatIsNotANumber() {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 4, 16, 3, 3);
      x.putScalar(new int[] {1, 2, 0, 1}, bad);
      INDArray ones = Samples.positive(2, 16);
      KernelProvider.BatchNorm norm = provider().batchNormRelu(x, ones, ones, EPSILON);
      assertThat(norm.y().getFloat(0, 2, 0, 0)).isNaN();
      assertThat(norm.y().getFloat(0, 3, 0, 0)).isFinite();
      INDArray gradX =
          provider().batchNormReluBackward(x, x.dup().assign(1), ones, norm, EPSILON).x();
      assertThat(gradX.getFloat(0, 2, 0, 0)).isNaN();
    }
  }

  @Test
  void batchNormFarFromZero() {
    // A variance found as the mean square less the squared mean has lost all digits here.
    for (double mean : new double[] {100, -3000}) {
      INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, 8, 3, 9, 9).add(mean);
      INDArray scale = Samples.positive(2, 3);
      INDArray shift = Samples.normals(3, 3);
      NaiveChannels.Normalized expected = NaiveChannels.batchNorm(x, scale, shift, EPSILON);
      KernelProvider.BatchNorm actual = provider().batchNorm(x, scale, shift, EPSILON);
      // The input itself is only known to a spacing of floats about the mean.
      double inputSpacing = Math.abs(mean) * 0x1p-23;
      double allowed = tolerance() + inputSpacing;
      assertClose("variance", actual.variance(), new long[] {3}, expected.variance(), allowed);
      assertClose("y", actual.y(), x.shape(), expected.y(), allowed);
    }
  }

  @Test
  void channelKernels() {
    forActivations(
        (x, what) -> {
          INDArray scale = Samples.normals(2, x.size(1));
          INDArray shift = Samples.normals(3, x.size(1));
          INDArray factors = Samples.normals(4, x.size(0), x.size(1));
          assertKernel(
              "affine " + what,
              provider().channelAffine(x, scale, shift),
              x.shape(),
              NaiveChannels.affine(x, scale, shift));
          assertKernel(
              "add " + what,
              provider().channelAdd(x, shift),
              x.shape(),
              NaiveChannels.affine(x, null, shift));
          assertKernel(
              "scale " + what,
              provider().channelScale(x, factors),
              x.shape(),
              NaiveChannels.scale(x, factors));
          assertKernel(
              "sum " + what,
              provider().channelSum(x),
              new long[] {x.size(1)},
              NaiveChannels.sum(x));
        });
  }

  @Test
  void addScaled() {
    forActivations(
        (a, what) -> {
          INDArray factors = Samples.normals(4, a.size(0), a.size(1));
          double[] values = Doubles.of(a);
          for (Layout layout : Layout.values()) {
            INDArray b = Samples.normals(layout, 2, a.shape());
            double[] sum = NaiveChannels.scale(b, factors);
            Arrays.setAll(sum, i -> sum[i] + values[i]);
            INDArray plain = provider().addScaled(a, b, factors, false);
            assertKernel("add scaled " + what, plain, a.shape(), sum);
            INDArray positive = provider().addScaled(a, b, factors, true);
            assertKernel("add scaled, ReLU " + what, positive, a.shape(), relu(sum));
          }
        });
  }

  @Test
  void takesViewsOfLargerArrays() {
    INDArray x = Samples.strided(Samples.normals(1, 2, 3, 5, 4));
    INDArray w = Samples.normals(2, 4, 3, 3, 3);
    ConvGeometry g =
        new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
    assertKernel(
        "conv of a view",
        provider().conv(x, w, null, g),
        new long[] {2, 4, 5, 4},
        NaiveKernels.conv(x, w, null, g));
    assertKernel("sum of a view", provider().channelSum(x), new long[] {3}, NaiveChannels.sum(x));
  }
}
