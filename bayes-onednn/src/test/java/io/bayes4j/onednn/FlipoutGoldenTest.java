package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.FlipoutWeights;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.conv.FlipoutConvolutions;
import io.bayes4j.core.ops.conv.Padding;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GoldenCase;
import io.bayes4j.core.testing.GoldenCases;
import io.bayes4j.core.variational.GaussianPosterior;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Flipout in one convolution against numbers that PyTorch computed.
 *
 * <p>The kernel takes channels in blocks and many positions only, which the cases have not: zeros
 * are added to their channels, units and inputs, and to the gradients of what is computed of them.
 */
class FlipoutGoldenTest {
  private static final double TOLERANCE = 2e-5;
  private static final int CHANNELS = 16;
  private static final int UNITS = 32;
  private static final int MORE_POSITIONS = 32;
  private static final KernelProvider ONE_DNN = new OneDnn();

  /** Those that are not cut into groups, which the kernel does not know. */
  static Stream<GoldenCase> cases() {
    return Stream.of("conv1d", "conv2d", "conv3d")
        .flatMap(kind -> GoldenCases.of(kind).stream())
        .filter(golden -> golden.estimator().equals("flipout") && golden.geometry().groups() == 1);
  }

  private final FlipoutKernels kernels =
      new FlipoutKernels(new Runner(8, Precision.F32, new OpenMp(NativeLibrary.load())));

  @ParameterizedTest
  @MethodSource("cases")
  void outputAndGradients(GoldenCase golden) {
    Kernels.with(
        ONE_DNN,
        () -> {
          check(golden);
          return null;
        });
  }

  private void check(GoldenCase golden) {
    ConvGeometry g = geometry(golden);
    Var x = Var.leaf(golden.tensor("x"));
    GaussianPosterior kernel = posterior(golden, "");
    GaussianPosterior bias = golden.bias() ? posterior(golden, "bias_") : null;
    Var large = larger(padded(golden, x), g);
    AffineTerm mean =
        new Weights(wideKernel(kernel.mean()), bias == null ? null : wideBias(bias.mean())).term();
    AffineTerm perturbation =
        new Weights(
                wideKernel(perturbation(golden, kernel, "")),
                bias == null ? null : wideBias(perturbation(golden, bias, "bias_")))
            .term(
                signs(golden.tensor("sign_in"), CHANNELS), signs(golden.tensor("sign_out"), UNITS));
    assertJoins(large, mean, perturbation, g);

    Var y = FlipoutConvolutions.conv(large, mean, perturbation, g);

    INDArray expected = golden.tensor("y");
    Doubles.assertClose("y", part(y.value(), expected.shape()), expected, TOLERANCE);
    INDArray up = Nd4j.zeros(y.value().dataType(), y.shape());
    part(up, expected.shape()).assign(golden.tensor("g"));
    Gradients gradients = Gradients.of(y, up);
    assertGradient(gradients, golden, "grad_x", x);
    assertGradient(gradients, golden, "grad_mu", kernel.mean());
    assertGradient(gradients, golden, "grad_rho", kernel.rho().var());
    if (bias != null) {
      assertGradient(gradients, golden, "grad_bias_mu", bias.mean());
      assertGradient(gradients, golden, "grad_bias_rho", bias.rho().var());
    }
  }

  private void assertJoins(Var x, AffineTerm mean, AffineTerm perturbation, ConvGeometry g) {
    assertThat(FlipoutConvolutions.isFaster(x, mean.kernel(), g)).as("one convolution").isTrue();
    FlipoutWeights weights =
        new FlipoutWeights(
            mean.kernel().value(),
            null,
            perturbation.kernel().value(),
            null,
            perturbation.inputFactors(),
            perturbation.outputFactors());
    INDArray up = Nd4j.ones(x.value().dataType(), g.outputShape(x.shape(), UNITS));
    assertThat(kernels.conv(x.value(), weights, g, Epilogue.NONE)).as("forward").isPresent();
    assertThat(kernels.backwardData(up, weights, x.shape(), g)).as("gradient of x").isPresent();
    assertThat(kernels.backwardWeights(x.value(), up, weights, g)).as("of weights").isPresent();
  }

  private static void assertGradient(
      Gradients gradients, GoldenCase golden, String name, Var leaf) {
    Doubles.assertClose(name, gradients.get(leaf), golden.tensor(name), TOLERANCE);
  }

  private static GaussianPosterior posterior(GoldenCase golden, String prefix) {
    return GaussianPosterior.ofRho(golden.tensor(prefix + "mu"), golden.tensor(prefix + "rho"));
  }

  private static Var perturbation(GoldenCase golden, GaussianPosterior q, String prefix) {
    return Ops.mul(q.standardDeviation(), Var.constant(golden.tensor(prefix + "eps")));
  }

  private static boolean padsItself(GoldenCase golden) {
    return !golden.option("padding_mode", "zeros").equals("zeros")
        || golden.option("same", "false").equals("true");
  }

  private static ConvGeometry geometry(GoldenCase golden) {
    ConvGeometry g = golden.geometry();
    List<Integer> none = Collections.nCopies(g.rank(), 0);
    return new ConvGeometry(
        g.kernel(), g.stride(), padsItself(golden) ? none : g.padding(), g.dilation(), 1);
  }

  private static Var padded(GoldenCase golden, Var x) {
    if (!padsItself(golden)) {
      return x;
    }
    ConvGeometry g = golden.geometry();
    String mode = golden.option("padding_mode", "zeros").toUpperCase(Locale.ROOT);
    Var padded = x;
    for (int axis = 0; axis < g.rank(); axis++) {
      int same = g.dilation().get(axis) * (g.kernel().get(axis) - 1);
      boolean keeps = golden.option("same", "false").equals("true");
      int before = keeps ? same / 2 : g.padding().get(axis);
      int after = keeps ? same - before : before;
      padded = Padding.pad(padded, axis + 2, before, after, PaddingMode.valueOf(mode));
    }
    return padded;
  }

  private static Var larger(Var x, ConvGeometry g) {
    int last = g.rank() - 1;
    int more = MORE_POSITIONS * g.stride().get(last);
    return zerosAfter(widened(x, 1, CHANNELS), last + 2, more);
  }

  private static Var wideKernel(Var kernel) {
    return widened(widened(kernel, 1, CHANNELS), 0, UNITS);
  }

  private static Var wideBias(Var bias) {
    return widened(bias, 0, UNITS);
  }

  private static Var widened(Var x, int axis, int length) {
    return zerosAfter(x, axis, Math.toIntExact(length - x.size(axis)));
  }

  private static Var zerosAfter(Var x, int axis, int number) {
    long[] shape = x.shape().clone();
    shape[axis] = number;
    return Ops.concat(axis, x, Var.constant(Nd4j.zeros(x.value().dataType(), shape)));
  }

  /** [N, length] of [N, C, 1, ...]. */
  private static INDArray signs(INDArray given, int length) {
    INDArray flat = given.reshape('c', given.size(0), -1);
    INDArray wide = Nd4j.ones(given.dataType(), given.size(0), length);
    part(wide, flat.shape()).assign(flat);
    return wide;
  }

  /** A view of the first elements along every axis. */
  private static INDArray part(INDArray array, long[] shape) {
    INDArrayIndex[] index = new INDArrayIndex[shape.length];
    for (int axis = 0; axis < shape.length; axis++) {
      index[axis] = NDArrayIndex.interval(0, shape[axis]);
    }
    return array.get(index);
  }
}
