package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.PreparedLinear;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
  /** The provider to test. */
  protected abstract KernelProvider provider();

  /**
   * Largest error, relative to the largest element of a result: about a hundred roundings of a
   * float.
   */
  protected double tolerance() {
    return 1e-5;
  }

  private KernelCheck check() {
    return new KernelCheck(tolerance());
  }

  static Stream<KernelGrid.Case> convolutions() {
    return Stream.of(KernelGrid.convolutions(), KernelGrid.inPieces(), GeometryEdges.convolutions())
        .flatMap(cases -> cases);
  }

  static Stream<GeometryEdges.Pooling> poolings() {
    return Stream.concat(GeometryEdges.plainPoolings(), GeometryEdges.poolings());
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
      check()
          .kernel(
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
        check()
            .kernel(
                "matmul of views",
                provider().matmul(left, false, right, false),
                new long[] {5, 3},
                expected);
      }
    }
  }

  private StackContract stacks() {
    return new StackContract(provider(), tolerance(), factor -> factor);
  }

  @Test
  void productsOfStacksOfEverySize() {
    stacks().everySize();
  }

  @Test
  void productsOfStacksOfEveryShape() {
    stacks().everyShape();
  }

  @Test
  void productsOfStacksAreComputedMatrixByMatrix() {
    stacks().everyMatrixByItself();
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
              check().kernel("linear", provider().linear(x, w, null), shape, plain);
              assertPrepared(x, w, null);
              double[] biased = plain.clone();
              for (int i = 0; i < biased.length; i++) {
                biased[i] += bias.getDouble(i % size[2]);
              }
              check().kernel("linear with bias", provider().linear(x, w, bias), shape, biased);
              assertPrepared(x, w, bias);
            });
  }

  private void assertPrepared(INDArray x, INDArray w, @Nullable INDArray bias) {
    PreparedLinear prepared = provider().prepareLinear(w, bias);
    for (int use = 0; use < 2; use++) {
      assertThat(Doubles.of(prepared.linear(x)))
          .as("prepared linear")
          .isEqualTo(Doubles.of(provider().linear(x, w, bias)));
    }
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void conv(KernelGrid.Case c) {
    new ConvolutionContract(provider(), tolerance(), c).conv();
  }

  static Stream<KernelGrid.Case> epilogues() {
    return Stream.concat(KernelGrid.convolutions(), GeometryEdges.uniformConvolutions());
  }

  @ParameterizedTest
  @MethodSource("epilogues")
  void convWithEpilogue(KernelGrid.Case c) {
    new ConvolutionContract(provider(), tolerance(), c).convWithEpilogue();
  }

  private IntegerContract integers() {
    return new IntegerContract(Kernels.with(provider(), Kernels::integers));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void integerConv(KernelGrid.Case c) {
    integers().conv(c);
  }

  @ParameterizedTest
  @MethodSource("epilogues")
  void finishedIntegerConv(KernelGrid.Case c) {
    integers().finishedConv(c);
  }

  @ParameterizedTest
  @MethodSource("poolings")
  void movesIntegers(GeometryEdges.Pooling c) {
    integers().moves(c);
  }

  @Test
  void largeIntegerConv() {
    integers().largeConvolutions();
  }

  @Test
  void integerProducts() {
    integers().products();
  }

  @Test
  void greatestIntegerProducts() {
    integers().extremes();
  }

  @Test
  void roundsToIntegers() {
    for (Layout layout : Layout.values()) {
      integers().quantize(layout);
    }
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convBackward(KernelGrid.Case c) {
    new ConvolutionContract(provider(), tolerance(), c).convBackward();
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
  void pooling(GeometryEdges.Pooling pooling) {
    PoolingContract contract = new PoolingContract(provider(), tolerance(), pooling);
    contract.checkMax();
    contract.checkWhatIsNotFinite();
    if (!pooling.isDilated()) {
      contract.checkAverage();
    }
  }

  @Test
  void batchNorm() {
    new NormContract(provider(), tolerance()).batchNorm();
  }

  @Test
  void batchNormWithRelu() {
    new NormContract(provider(), tolerance()).batchNormWithRelu();
  }

  @Test
  void batchNormPlusAddendWithRelu() {
    new NormContract(provider(), tolerance()).batchNormPlusAddendWithRelu();
  }

  @Test
  void batchNormWithReluDoesNotHideWhatIsNotANumber() {
    new NormContract(provider(), tolerance()).batchNormWithReluDoesNotHideWhatIsNotANumber();
  }

  @Test
  void batchNormFarFromZero() {
    new NormContract(provider(), tolerance()).batchNormFarFromZero();
  }

  @Test
  void channelKernels() {
    KernelCheck.forActivations(
        (x, what) -> {
          INDArray scale = Samples.normals(2, x.size(1));
          INDArray shift = Samples.normals(3, x.size(1));
          INDArray factors = Samples.normals(4, x.size(0), x.size(1));
          check()
              .kernel(
                  "affine " + what,
                  provider().channelAffine(x, scale, shift),
                  x.shape(),
                  NaiveChannels.affine(x, scale, shift));
          check()
              .kernel(
                  "add " + what,
                  provider().channelAdd(x, shift),
                  x.shape(),
                  NaiveChannels.affine(x, null, shift));
          check()
              .kernel(
                  "scale " + what,
                  provider().channelScale(x, factors),
                  x.shape(),
                  NaiveChannels.scale(x, factors));
          check()
              .kernel(
                  "sum " + what,
                  provider().channelSum(x),
                  new long[] {x.size(1)},
                  NaiveChannels.sum(x));
        });
  }

  @Test
  void addScaled() {
    KernelCheck.forActivations(
        (a, what) -> {
          INDArray factors = Samples.normals(4, a.size(0), a.size(1));
          double[] values = Doubles.of(a);
          for (Layout layout : Layout.values()) {
            INDArray b = Samples.normals(layout, 2, a.shape());
            double[] sum = NaiveChannels.scale(b, factors);
            Arrays.setAll(sum, i -> sum[i] + values[i]);
            INDArray plain = provider().addScaled(a, b, factors, false);
            check().kernel("add scaled " + what, plain, a.shape(), sum);
            INDArray positive = provider().addScaled(a, b, factors, true);
            check().kernel("add scaled, ReLU " + what, positive, a.shape(), KernelCheck.relu(sum));
          }
        });
  }

  @Test
  void softmax() {
    KernelCheck.forActivations(
        (x, what) -> {
          KernelProvider portable = Kernels.portable();
          INDArray y = Arena.allocate(x.shape());
          INDArray same = Arena.allocate(x.shape());
          provider().softmax(x, 1, 0f, y);
          portable.softmax(x, 1, 0f, same);
          check().kernel("softmax " + what, y, x.shape(), Doubles.of(same));
          check()
              .kernel(
                  "gradient of softmax " + what,
                  provider().softmaxBackward(same, x, 1),
                  x.shape(),
                  Doubles.of(portable.softmaxBackward(same, x, 1)));
          INDArray logs = portable.logSoftmax(x, 1);
          check()
              .kernel(
                  "log-softmax " + what, provider().logSoftmax(x, 1), x.shape(), Doubles.of(logs));
          check()
              .kernel(
                  "gradient of log-softmax " + what,
                  provider().logSoftmaxBackward(logs, x, 1),
                  x.shape(),
                  Doubles.of(portable.logSoftmaxBackward(logs, x, 1)));
        });
  }

  @Test
  void takesViewsOfLargerArrays() {
    INDArray x = Samples.strided(Samples.normals(1, 2, 3, 5, 4));
    INDArray w = Samples.normals(2, 4, 3, 3, 3);
    ConvGeometry g =
        new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
    check()
        .kernel(
            "conv of a view",
            provider().conv(x, w, null, g),
            new long[] {2, 4, 5, 4},
            NaiveKernels.conv(x, w, null, g));
    check().kernel("sum of a view", provider().channelSum(x), new long[] {3}, NaiveChannels.sum(x));
  }
}
