package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.GaussianDraws;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GoldenCase;
import io.bayes4j.core.testing.GoldenCases;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compares dense and convolutional layers with numbers that PyTorch computed from the same noise
 * and signs.
 */
class AffineGoldenTest {
  private static final double TOLERANCE = 2e-5;

  static Stream<GoldenCase> cases() {
    return GoldenCases.all().stream().filter(golden -> golden.has("klgrad_mu"));
  }

  private static AffineOp op(GoldenCase golden) {
    if (golden.kind().equals("linear")) {
      return new AffineOp.Dense(golden.in(), golden.out(), golden.bias());
    }
    ConvGeometry g = golden.geometry();
    ConvSpec spec =
        ConvSpec.of(golden.in(), golden.out(), g.kernel())
            .withStride(numbers(g.stride()))
            .withPadding(numbers(g.padding()))
            .withDilation(numbers(g.dilation()))
            .withGroups(g.groups())
            .withPaddingMode(
                PaddingMode.valueOf(
                    golden.option("padding_mode", "zeros").toUpperCase(Locale.ROOT)));
    spec = golden.option("same", "false").equals("true") ? spec.withSamePadding() : spec;
    spec = golden.bias() ? spec : spec.withoutBias();
    return golden.kind().startsWith("conv_transpose")
        ? new AffineOp.ConvTranspose(spec.withOutputPadding(numbers(golden.outputPadding())))
        : new AffineOp.Conv(spec);
  }

  private static int[] numbers(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The posterior of a tensor and what was drawn of it. */
  private record Drawn(GaussianPosterior q, Var perturbation) {
    static Drawn of(GoldenCase golden, String prefix) {
      GaussianPosterior q =
          GaussianPosterior.ofRho(golden.tensor(prefix + "mu"), golden.tensor(prefix + "rho"));
      Var eps = Var.constant(golden.tensor(prefix + "eps"));
      return new Drawn(q, Ops.mul(q.standardDeviation(), eps));
    }

    Var variance() {
      return Ops.square(q.standardDeviation());
    }

    Var sample() {
      return Ops.add(q.mean(), perturbation);
    }
  }

  private static List<AffineTerm> terms(GoldenCase golden, Drawn kernel, Drawn bias) {
    if (golden.estimator().equals("reparameterization")) {
      return List.of(new Weights(kernel.sample(), bias == null ? null : bias.sample()).term());
    }
    return List.of(
        new Weights(kernel.q().mean(), bias == null ? null : bias.q().mean()).term(),
        new Weights(kernel.perturbation(), bias == null ? null : bias.perturbation())
            .term(signs(golden.tensor("sign_in")), signs(golden.tensor("sign_out"))));
  }

  /** [N, C] of [N, C, 1, ...] or [N, 1, ..., C]. */
  private static INDArray signs(INDArray broadcast) {
    return broadcast.reshape('c', broadcast.size(0), -1);
  }

  private static Var output(GoldenCase golden, Var x, Drawn kernel, Drawn bias) {
    AffineOp op = op(golden);
    if (golden.estimator().equals("local_reparameterization")) {
      Var mean = op.apply(x, new Weights(kernel.q().mean(), bias == null ? null : bias.q().mean()));
      Weights variances = new Weights(kernel.variance(), bias == null ? null : bias.variance());
      Var variance = op.apply(Ops.square(x), variances);
      return GaussianDraws.of(mean, variance, golden.tensor("output_eps"));
    }
    return op.apply(x, terms(golden, kernel, bias));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputAndGradients(GoldenCase golden) {
    Drawn kernel = Drawn.of(golden, "");
    Drawn bias = golden.bias() ? Drawn.of(golden, "bias_") : null;
    Var x = Var.leaf(golden.tensor("x"));

    Var y = output(golden, x, kernel, bias);

    Doubles.assertClose("y", y.value(), golden.tensor("y"), TOLERANCE);
    Gradients gradients = Gradients.of(y, golden.tensor("g"));
    Doubles.assertClose("x", gradients.get(x), golden.tensor("grad_x"), TOLERANCE);
    assertGradients(gradients, "grad_", golden, kernel, bias);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void divergenceAndItsGradients(GoldenCase golden) {
    GaussianPrior prior = GaussianPrior.of(golden.priorMu(), golden.priorSigma());
    Drawn kernel = Drawn.of(golden, "");
    Drawn bias = golden.bias() ? Drawn.of(golden, "bias_") : null;
    Noise unused = Noise.seeded(0);

    Var kl = prior.kl(kernel.q(), unused);
    kl = bias == null ? kl : Ops.add(kl, prior.kl(bias.q(), unused));

    assertThat(kl.item()).isCloseTo(golden.klSum(), within(1e-5 * golden.klSum()));
    assertGradients(Gradients.of(kl), "klgrad_", golden, kernel, bias);
  }

  private static void assertGradients(
      Gradients gradients, String prefix, GoldenCase golden, Drawn kernel, Drawn bias) {
    assertGradient(gradients, prefix + "mu", golden, kernel.q().mean());
    assertGradient(gradients, prefix + "rho", golden, kernel.q().rho().var());
    if (bias != null) {
      assertGradient(gradients, prefix + "bias_mu", golden, bias.q().mean());
      assertGradient(gradients, prefix + "bias_rho", golden, bias.q().rho().var());
    }
  }

  private static void assertGradient(
      Gradients gradients, String name, GoldenCase golden, Var leaf) {
    Doubles.assertClose(name, gradients.get(leaf), golden.tensor(name), TOLERANCE);
  }
}
