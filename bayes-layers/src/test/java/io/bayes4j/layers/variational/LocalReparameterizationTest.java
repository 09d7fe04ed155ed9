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
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What sets local reparameterization apart; the matrix of layers checks its numbers. */
class LocalReparameterizationTest {
  private static final AffineOp DENSE = new AffineOp.Dense(3, 2, true);
  private static final AffineOp CONV = new AffineOp.Conv(ConvSpec.conv2d(2, 3, 3).withoutBias());
  private static final Noise NOISE = Noise.seeded(6);

  /** An operation and five examples for it. */
  private record Case(AffineOp op, INDArray x) {
    VariationalAffine layer(Estimator estimator) {
      VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.4);
      return VariationalLayers.fresh(op, estimator, spec, Init.seeded(1));
    }

    VariationalAffine layer() {
      return layer(Estimator.LOCAL_REPARAMETERIZATION);
    }

    Var forward(Pass pass) {
      return layer().forward(Var.constant(x), pass);
    }

    @Override
    public String toString() {
      return op.toString();
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(DENSE, Samples.normals(1, 5, 3)),
        new Case(DENSE, Samples.normals(1, 5, 4, 3)),
        new Case(CONV, Samples.normals(1, 5, 2, 4, 3)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void anExampleKeepsItsNoiseInAnyBatch(Case c) {
    Var whole = c.forward(Pass.train(NOISE));
    Var tail = Var.constant(c.x().get(NDArrayIndex.interval(3, 5)).dup('c'));
    Var part = c.layer().forward(tail, Pass.train(NOISE).forExamplesFrom(3));
    Doubles.assertClose("tail", part.value(), Ops.slice(whole, 0, 3, 5).value(), 1e-6);
  }

  @Test
  void trainingGivesEqualExamplesNoiseOfTheirOwn() {
    INDArray twice = Samples.array(new long[] {2, 3}, 1, 2, 3, 1, 2, 3);
    double[] y = Doubles.of(new Case(DENSE, twice).forward(Pass.train(NOISE)).value());
    assertThat(y[0]).isNotCloseTo(y[2], within(1e-3));
    assertThat(y[1]).isNotCloseTo(y[3], within(1e-3));
  }

  /** A prediction is one network: its pixels, steps and examples share their weights. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "TRAIN")
  void otherPassesComputeWhatReparameterizationDoes(Mode mode) {
    cases()
        .forEach(
            c -> {
              Var x = Var.constant(c.x());
              Var expected = c.layer(Estimator.REPARAMETERIZATION).forward(x, Pass.of(mode, NOISE));
              assertThat(c.forward(Pass.of(mode, NOISE)).value()).isEqualTo(expected.value());
            });
  }

  @Test
  void anInputOfZerosHasFiniteGradients() {
    VariationalAffine layer =
        new Case(new AffineOp.Dense(3, 2, false), Samples.normals(1, 1, 3)).layer();
    Var x = Var.leaf(Samples.array(new long[] {2, 3}, 0, 0, 0, 1, 0, 2));
    Gradients gradients = Gradients.of(Ops.sum(layer.forward(x, Pass.train(NOISE))));
    assertThat(Arrays.stream(Doubles.of(gradients.get(x))).allMatch(Double::isFinite)).isTrue();
    for (Parameter parameter : layer.parameters().values()) {
      double[] gradient = Doubles.of(gradients.get(parameter));
      assertThat(Arrays.stream(gradient).allMatch(Double::isFinite)).isTrue();
      assertThat(Arrays.stream(gradient).anyMatch(g -> g != 0)).isTrue();
    }
  }
}
