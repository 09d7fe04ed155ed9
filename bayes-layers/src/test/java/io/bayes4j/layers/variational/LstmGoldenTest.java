package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.autograd.AffineTerm;
import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Ops;
import io.bayes4j.core.autograd.RecurrentCell;
import io.bayes4j.core.autograd.Var;
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
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the LSTM with numbers that PyTorch computed from the same noise. */
class LstmGoldenTest {
  private static final double TOLERANCE = 2e-5;

  static List<GoldenCase> cases() {
    return GoldenCases.of("lstm");
  }

  private static RecurrentOp op(GoldenCase golden) {
    RecurrentSpec spec =
        new RecurrentSpec(
            golden.in(), golden.out(), golden.layers(), golden.bidirectional(), 0, golden.bias());
    return new RecurrentOp(RecurrentCell.LSTM, spec);
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
    Var c0 = Var.leaf(golden.tensor("c0"));
    RecurrentOutput run =
        op(golden)
            .apply(
                x,
                new RecurrentState(h0, c0),
                Pass.mean(),
                part ->
                    List.of(
                        AffineTerm.of(
                            drawn(golden, all, part.weight()),
                            golden.bias() ? drawn(golden, all, part.bias()) : null)));

    assertClose(golden, "y", run.output());
    assertClose(golden, "hn", run.last().hidden());
    assertClose(golden, "cn", run.last().cell());

    Gradients gradients =
        Gradients.of(
            Ops.add(
                weighed(run.output(), golden, "g"),
                Ops.add(
                    weighed(run.last().hidden(), golden, "gh"),
                    weighed(run.last().cell(), golden, "gc"))));
    assertClose(golden, "grad_x", Var.constant(gradients.get(x)));
    assertClose(golden, "grad_h0", Var.constant(gradients.get(h0)));
    assertClose(golden, "grad_c0", Var.constant(gradients.get(c0)));
    all.forEach(
        (name, weights) -> {
          GaussianPosterior q = weights.posterior();
          assertClose(golden, "grad_mu." + name, Var.constant(gradients.get(q.mu())));
          assertClose(golden, "grad_rho." + name, Var.constant(gradients.get(q.rho())));
        });
  }

  private static Var drawn(GoldenCase golden, Map<String, VariationalParameter> all, String name) {
    GaussianPosterior q = all.get(name).posterior();
    Var eps = Var.constant(golden.tensor("eps." + name));
    return Ops.add(q.mean(), Ops.mul(q.standardDeviation(), eps));
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
    LstmReparameterization layer = new LstmReparameterization(op(golden), distributions(golden));
    assertThat(Kl.of(layer, Noise.seeded(0)).item())
        .isCloseTo(golden.klSum(), within(1e-5 * golden.klSum()));
  }
}
