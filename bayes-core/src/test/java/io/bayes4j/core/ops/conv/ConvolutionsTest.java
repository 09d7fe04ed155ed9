package io.bayes4j.core.ops.conv;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.CountingProvider;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.GoldenCase;
import io.bayes4j.core.testing.GoldenCases;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.NaiveKernels;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Gradients of the linear operations; the provider's own test compares their values. */
class ConvolutionsTest {
  private static final ConvGeometry PLANAR =
      new ConvGeometry(List.of(3, 2), List.of(2, 1), List.of(1, 0), List.of(1, 2), 2);
  private static final ConvGeometry LINE =
      new ConvGeometry(List.of(3), List.of(2), List.of(1), List.of(1), 1);
  private static final ConvGeometry WINDOW =
      new ConvGeometry(List.of(3, 2), List.of(2, 1), List.of(1, 1), List.of(1, 1), 1);

  @Test
  void linear() {
    INDArray x = Samples.normals(1, 3, 5);
    INDArray w = Samples.normals(2, 4, 5);
    INDArray bias = Samples.normals(3, 4);
    GradientCheck.check(v -> Convolutions.linear(v[0], v[1], v[2]), x, w, bias);
    GradientCheck.check(v -> Convolutions.linear(v[0], v[1], null), x, w);
    GradientCheck.check(v -> Convolutions.linear(v[0], v[0], null), x);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Convolutions.linear(Var.constant(x), Var.constant(x.transpose().dup('c')), null))
        .withMessageContaining("features");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Convolutions.linear(Var.constant(x), Var.constant(w), Var.constant(x)))
        .withMessageContaining("bias");
  }

  @ParameterizedTest
  @EnumSource
  void conv(Layout layout) {
    INDArray x = Samples.normals(layout, 1, 2, 4, 6, 5);
    INDArray w = Samples.normals(2, 6, 2, 3, 2);
    INDArray bias = Samples.normals(3, 6);
    GradientCheck.check(v -> Convolutions.conv(v[0], v[1], v[2], PLANAR), x, w, bias);
    GradientCheck.check(v -> Convolutions.conv(v[0], v[1], null, PLANAR), x, w);
    // One gradient alone takes another way than both.
    GradientCheck.check(v -> Convolutions.conv(v[0], Var.constant(w), null, PLANAR), x);
    GradientCheck.check(v -> Convolutions.conv(Var.constant(x), v[0], null, PLANAR), w);
  }

  /** Gradients of conv, linear and convTranspose as PyTorch has them. */
  static Stream<GoldenCase> golden() {
    return GoldenCases.all().stream()
        .filter(c -> c.has("klgrad_mu") && c.estimator().equals("reparameterization"))
        .filter(ConvolutionsTest::isOfTheOperationAlone);
  }

  /** Layers see to padding modes and to sequences of rows. */
  private static boolean isOfTheOperationAlone(GoldenCase c) {
    boolean pads = !c.option("padding_mode", "zeros").equals("zeros");
    boolean same = c.option("same", "false").equals("true");
    boolean sequence = c.kind().equals("linear") && c.tensor("x").rank() > 2;
    return !pads && !same && !sequence;
  }

  @ParameterizedTest
  @MethodSource("golden")
  void agreesWithPyTorch(GoldenCase c) {
    Var x = Var.leaf(c.tensor("x"));
    Var mu = Var.leaf(c.tensor("mu"));
    Var rho = Var.leaf(c.tensor("rho"));
    Var w = drawn(mu, rho, c.tensor("eps"));
    Var biasMu = c.bias() ? Var.leaf(c.tensor("bias_mu")) : null;
    Var biasRho = c.bias() ? Var.leaf(c.tensor("bias_rho")) : null;
    Var bias = c.bias() ? drawn(biasMu, biasRho, c.tensor("bias_eps")) : null;
    Var y = apply(c, x, w, bias);
    assertClose("y", y.value(), c.tensor("y"), 1e-5);
    Gradients gradients = Gradients.of(y, c.tensor("g"));
    assertClose("grad_x", gradients.get(x), c.tensor("grad_x"), 1e-5);
    assertClose("grad_mu", gradients.get(mu), c.tensor("grad_mu"), 1e-5);
    assertClose("grad_rho", gradients.get(rho), c.tensor("grad_rho"), 1e-5);
    if (c.bias()) {
      assertClose("grad_bias_mu", gradients.get(biasMu), c.tensor("grad_bias_mu"), 1e-5);
      assertClose("grad_bias_rho", gradients.get(biasRho), c.tensor("grad_bias_rho"), 1e-5);
    }
  }

  private static Var drawn(Var mu, Var rho, INDArray eps) {
    return Ops.add(mu, Ops.mul(Activations.softplus(rho), Var.constant(eps)));
  }

  private static Var apply(GoldenCase c, Var x, Var w, Var bias) {
    if (c.kind().equals("linear")) {
      return Convolutions.linear(x, w, bias);
    }
    return c.kind().startsWith("conv_transpose")
        ? Convolutions.convTranspose(x, w, bias, c.geometry(), c.outputPadding())
        : Convolutions.conv(x, w, bias, c.geometry());
  }

  @ParameterizedTest
  @EnumSource
  void convTranspose(Layout layout) {
    INDArray x = Samples.normals(layout, 1, 2, 4, 5, 4);
    INDArray w = Samples.normals(2, 4, 3, 3, 2);
    INDArray bias = Samples.normals(3, 6);
    GradientCheck.check(
        v -> Convolutions.convTranspose(v[0], v[1], v[2], PLANAR, List.of(1, 0)), x, w, bias);
    INDArray line = Samples.normals(layout, 1, 2, 3, 4);
    GradientCheck.check(
        v -> Convolutions.convTranspose(v[0], v[1], null, LINE, List.of(1)),
        line,
        Samples.normals(2, 3, 2, 3));
  }

  @Test
  void convTransposeLeavesItsInputsShapeAlone() {
    Var x = Var.leaf(Samples.normals(1, 2, 3, 4));
    Var w = Var.leaf(Samples.normals(2, 3, 5, 3));
    assertThat(Convolutions.convTranspose(x, w, null, LINE, List.of(1)).shape())
        .containsExactly(2, 5, 8);
    assertThat(x.shape()).containsExactly(2, 3, 4);
  }

  @Test
  void outputPaddingUpToTheDilation() {
    // Beyond the stride, the kernel's far end still reaches the added elements.
    ConvGeometry dilated = new ConvGeometry(List.of(3), List.of(1), List.of(2), List.of(3), 1);
    INDArray x = Samples.normals(1, 2, 3, 4);
    INDArray w = Samples.normals(2, 3, 5, 3);
    long[] shape = {2, 5, 4 - 1 - 4 + 6 + 2 + 1};
    long[] padded = {2, 3, 6};
    INDArray zeros = Samples.normals(1, padded).assign(0);
    zeros.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 4)).assign(x);
    Var y = Convolutions.convTranspose(Var.constant(x), Var.constant(w), null, dilated, List.of(2));
    assertClose(
        "y", y.value(), shape, NaiveKernels.convBackwardData(zeros, w, shape, dilated), 1e-5);
    GradientCheck.check(
        v -> Convolutions.convTranspose(v[0], v[1], null, dilated, List.of(2)), x, w);
  }

  @Test
  void convTransposeRefusesWhatDoesNotFit() {
    Var x = Var.leaf(Samples.normals(1, 2, 3, 4));
    Var w = Var.leaf(Samples.normals(2, 3, 5, 3));
    for (List<Integer> bad : List.of(List.of(2), List.of(-1), List.of(0, 0), List.<Integer>of())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Convolutions.convTranspose(x, w, null, LINE, bad))
          .withMessageContaining("outputPadding")
          .withMessageContaining(bad.toString());
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Convolutions.convTranspose(x, x, null, LINE, List.of(0)))
        .withMessageContaining("channels");
    ConvGeometry cropped = new ConvGeometry(List.of(3), List.of(1), List.of(3), List.of(1), 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Convolutions.convTranspose(x, w, null, cropped, List.of(0)))
        .withMessage("padding 3 leaves nothing of the output of input length 4 (spatial axis 0)");
    Var otherKernel = Var.leaf(Samples.normals(2, 3, 5, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Convolutions.convTranspose(x, otherKernel, null, LINE, List.of(0)))
        .withMessageContaining("kernel size [3]");
  }

  @ParameterizedTest
  @EnumSource
  void pools(Layout layout) {
    INDArray x = Samples.in(layout, Samples.distinct(1, 2, 3, 5, 4));
    GradientCheck.check(v -> Convolutions.maxPool(v[0], WINDOW), x);
    GradientCheck.check(v -> Convolutions.avgPool(v[0], WINDOW), x);
    INDArray line = Samples.in(layout, Samples.distinct(1, 2, 3, 6));
    GradientCheck.check(v -> Convolutions.maxPool(v[0], LINE), line);
    GradientCheck.check(v -> Convolutions.avgPool(v[0], LINE), line);
  }

  @Test
  void windowsThatDoNotFit() {
    Var x = Var.leaf(Samples.normals(1, 2, 3, 5, 4));
    List<Integer> ones = List.of(1, 1);
    ConvGeometry tooMuchPadding = new ConvGeometry(List.of(2, 2), ones, List.of(2, 0), ones, 1);
    ConvGeometry tooLarge = new ConvGeometry(List.of(7, 2), ones, List.of(0, 0), ones, 1);
    ConvGeometry dilated = new ConvGeometry(List.of(2, 2), ones, List.of(0, 0), List.of(2, 1), 1);
    for (ConvGeometry bad : List.of(LINE, tooMuchPadding, tooLarge, dilated)) {
      assertThatIllegalArgumentException().isThrownBy(() -> Convolutions.maxPool(x, bad));
      assertThatIllegalArgumentException().isThrownBy(() -> Convolutions.avgPool(x, bad));
    }
  }

  @Test
  void aFrozenInputIsNotComputedFor() {
    Var x = Var.constant(Samples.normals(1, 2, 4, 6, 5));
    Var w = Var.leaf(Samples.normals(2, 6, 2, 3, 2));
    CountingProvider counting = new CountingProvider(Kernels.portable());
    Kernels.with(
        counting.proxy(), () -> Gradients.of(Ops.sum(Convolutions.conv(x, w, null, PLANAR))));
    assertThat(counting.calls()).containsExactly("conv", "convBackwardWeights");
  }
}
