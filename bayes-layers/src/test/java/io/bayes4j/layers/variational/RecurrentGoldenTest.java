package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GoldenCase;
import io.bayes4j.core.testing.GoldenCases;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentOutput;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.RecurrentState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares LSTM and GRU with numbers that PyTorch computed from the same noise and signs. */
class RecurrentGoldenTest {
  private static final double TOLERANCE = 2e-5;

  static Stream<GoldenCase> cases() {
    return Stream.of("lstm", "gru").flatMap(kind -> GoldenCases.of(kind).stream());
  }

  private static RecurrentCell cell(GoldenCase golden) {
    return RecurrentCell.valueOf(golden.kind().toUpperCase(Locale.ROOT));
  }

  private static RecurrentOp op(GoldenCase golden) {
    RecurrentSpec spec =
        new RecurrentSpec(
            golden.in(), golden.out(), golden.layers(), golden.bidirectional(), 0, golden.bias());
    return new RecurrentOp(cell(golden), spec);
  }

  private static VariationalParameter distribution(GoldenCase golden, String name) {
    return new VariationalParameter(
        GaussianPosterior.ofRho(golden.tensor("mu." + name), golden.tensor("rho." + name)),
        GaussianPrior.of(golden.priorMu(), golden.priorSigma()));
  }

  private static Map<String, VariationalParameter> distributions(GoldenCase golden) {
    return op(golden)
        .byName(part -> distribution(golden, part.weight()), p -> distribution(golden, p.bias()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputStatesAndGradients(GoldenCase golden) {
    Map<String, VariationalParameter> all = distributions(golden);
    Var x = Var.leaf(golden.tensor("x"));
    Var h0 = Var.leaf(golden.tensor("h0"));
    Var c0 = golden.has("c0") ? Var.leaf(golden.tensor("c0")) : null;
    RecurrentOutput run =
        op(golden)
            .apply(x, new RecurrentState(h0, c0), Pass.mean(), part -> terms(golden, all, part));

    assertClose(golden, "y", run.output());
    assertClose(golden, "hn", run.last().hidden());
    Var loss =
        Ops.add(weighed(run.output(), golden, "g"), weighed(run.last().hidden(), golden, "gh"));
    if (c0 != null) {
      assertClose(golden, "cn", run.last().cell());
      loss = Ops.add(loss, weighed(run.last().cell(), golden, "gc"));
    }

    Gradients gradients = Gradients.of(loss);
    assertClose(golden, "grad_x", Var.constant(gradients.get(x)));
    assertClose(golden, "grad_h0", Var.constant(gradients.get(h0)));
    if (c0 != null) {
      assertClose(golden, "grad_c0", Var.constant(gradients.get(c0)));
    }
    all.forEach(
        (name, weights) -> {
          GaussianPosterior q = weights.posterior();
          assertClose(golden, "grad_mu." + name, Var.constant(gradients.get(q.mu())));
          assertClose(golden, "grad_rho." + name, Var.constant(gradients.get(q.rho())));
        });
  }

  private static List<AffineTerm> terms(
      GoldenCase golden, Map<String, VariationalParameter> all, RecurrentOp.Part part) {
    Var mean = mean(all, part.weight());
    Var noise = perturbation(golden, all, part.weight());
    Var biasMean = golden.bias() ? mean(all, part.bias()) : null;
    Var biasNoise = golden.bias() ? perturbation(golden, all, part.bias()) : null;
    if (golden.estimator().equals("reparameterization")) {
      Var bias = golden.bias() ? Ops.add(biasMean, biasNoise) : null;
      return List.of(new Weights(Ops.add(mean, noise), bias).term());
    }
    INDArray in = golden.tensor("sign_in." + part.weight());
    INDArray out = golden.tensor("sign_out." + part.weight());
    return List.of(new Weights(mean, biasMean).term(), new Weights(noise, biasNoise).term(in, out));
  }

  private static Var mean(Map<String, VariationalParameter> all, String name) {
    return all.get(name).posterior().mean();
  }

  private static Var perturbation(
      GoldenCase golden, Map<String, VariationalParameter> all, String name) {
    Var eps = Var.constant(golden.tensor("eps." + name));
    return Ops.mul(all.get(name).posterior().standardDeviation(), eps);
  }

  private static Var weighed(Var y, GoldenCase golden, String weights) {
    return Ops.sum(Ops.mul(y, Var.constant(golden.tensor(weights))));
  }

  private static void assertClose(GoldenCase golden, String name, Var actual) {
    Doubles.assertClose(golden + " " + name, actual.value(), golden.tensor(name), TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void divergenceCountsEveryWeightOnce(GoldenCase golden) {
    VariationalRecurrent layer =
        VariationalLayers.of(op(golden), Estimator.REPARAMETERIZATION, distributions(golden));
    assertThat(Kl.of(layer, Noise.seeded(0)).item())
        .isCloseTo(golden.klSum(), within(1e-5 * golden.klSum()));
  }
}
