package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentRuns;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KlTest {
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.3);
  private static final Noise NOISE = Noise.seeded(5);

  /** A model and an input for it. */
  private record Case(String name, Layer model, Var x) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static VariationalAffine dense(Estimator estimator) {
    return VariationalLayers.fresh(new AffineOp.Dense(3, 3, true), estimator, SPEC, Init.seeded(1));
  }

  static Stream<Case> cases() {
    Var rows = RecurrentRuns.normals(1, 4, 3);
    Layer tied = dense(Estimator.FLIPOUT);
    Layer embedding = new EmbeddingReparameterization(7, 3, SPEC, Init.seeded(2));
    Stream<Case> affine =
        Arrays.stream(Estimator.values())
            .map(e -> new Case(e.name(), Sequential.of(dense(e), dense(e)), rows));
    Stream<Case> recurrent =
        RecurrentRuns.bayesian(RecurrentSpec.of(3, 4))
            .map(
                layer ->
                    new Case(
                        layer.toString(), Sequential.of(layer), RecurrentRuns.normals(2, 2, 5, 3)));
    Stream<Case> others =
        Stream.of(
            new Case("root", dense(Estimator.REPARAMETERIZATION), rows),
            new Case("tied", Sequential.of(tied, tied), rows),
            new Case("no draw", Sequential.of(new Drawing()), rows),
            new Case(
                "embedding",
                Sequential.of(embedding, dense(Estimator.REPARAMETERIZATION)),
                Var.constant(Samples.normals(3, 2, 4).assign(6))));
    return Stream.of(affine, recurrent, others).flatMap(s -> s);
  }

  /** A layer that somebody else has written, and that knows nothing of draws beforehand. */
  private static final class Drawing implements VariationalLayer {
    private final VariationalAffine inner = dense(Estimator.REPARAMETERIZATION);

    @Override
    public Map<String, VariationalParameter> distributions() {
      return inner.distributions();
    }

    @Override
    public Map<String, Parameter> parameters() {
      return inner.parameters();
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return inner.forward(x, pass);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void drawingGivesTheNumbersOfThePassAndOfTheDivergence(Case c) {
    Var y = Pass.train(NOISE).run(c.model, c.x);
    Var kl = Kl.of(c.model, NOISE);
    Gradients gradients = Gradients.of(Ops.add(Ops.sum(Ops.square(y)), kl));

    Pass pass = Pass.train(NOISE);
    Var drawnKl = Kl.drawing(c.model, pass, NOISE);
    Var drawnY = pass.run(c.model, c.x);
    Gradients drawn = Gradients.of(Ops.add(Ops.sum(Ops.square(drawnY)), drawnKl));

    assertThat(drawnY.value()).isEqualTo(y.value());
    assertThat(drawnKl.item()).isEqualTo(kl.item()).isPositive();
    for (VariationalParameter q : Kl.distributions(c.model).values()) {
      for (Parameter p : new Parameter[] {q.posterior().mu(), q.posterior().rho()}) {
        assertThat(drawn.get(p)).isEqualTo(gradients.get(p));
      }
    }
  }

  @Test
  void thePassUsesWhatHasBeenDrawn() {
    VariationalAffine layer = dense(Estimator.REPARAMETERIZATION);
    Var x = RecurrentRuns.normals(1, 4, 3);
    double[] before = Doubles.of(Pass.train(NOISE).run(layer, x).value());
    Pass pass = Pass.train(NOISE);
    Kl.drawing(layer, pass, NOISE);
    layer.distributions().values().forEach(q -> q.posterior().mu().value().addi(1));
    assertThat(Doubles.of(pass.run(layer, x).value())).isEqualTo(before);
    assertThat(Doubles.of(Pass.train(NOISE).run(layer, x).value())).isNotEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void servesPassesOfAnyMode(Mode mode) {
    Sequential model =
        Sequential.of(Stream.of(Estimator.values()).map(KlTest::dense).toArray(Layer[]::new));
    Var x = RecurrentRuns.normals(1, 4, 3);
    Pass pass = Pass.of(mode, NOISE);
    assertThat(Kl.drawing(model, pass, NOISE).item()).isCloseTo(Kl.value(model), within(1e-3));
    assertThat(pass.run(model, x).value()).isEqualTo(Pass.of(mode, NOISE).run(model, x).value());
  }
}
