package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GoldenCase;
import io.bayes4j.core.testing.GoldenCases;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Embeddings, plain and Bayesian. */
class EmbeddingTest {
  private static final EmbeddingOp OP = EmbeddingOp.of(5, 3);
  private static final Var X = Var.constant(Samples.array(new long[] {2, 2}, 4, 0, 4, 1));

  private static EmbeddingReparameterization bayesian(EmbeddingOp op) {
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.3);
    return new EmbeddingReparameterization(op, spec, Init.seeded(1));
  }

  static Stream<Layer> layers() {
    EmbeddingOp padded = OP.withPaddingIndex(4);
    return Stream.of(
        new Embedding(OP, Init.seeded(1)),
        new Embedding(padded, Init.seeded(1)),
        bayesian(OP),
        bayesian(padded));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsEqualFiniteDifferences(Layer layer) {
    Var[] leaves = layer.parameters().values().stream().map(Parameter::var).toArray(Var[]::new);
    GradientCheck.of(() -> Ops.square(layer.forward(X, Pass.train(Noise.seeded(2))))).run(leaves);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void takesNumbersOfAnyShape(Layer layer) {
    assertThat(layer.forward(X, Pass.mean()).shape()).containsExactly(2, 2, 3);
    Var vector = Ops.reshape(X, 4);
    Var rows = layer.forward(vector, Pass.mean());
    assertThat(rows.shape()).containsExactly(4, 3);
    double[] flat = Doubles.of(rows.value());
    assertThat(Doubles.of(layer.forward(X, Pass.mean()).value())).isEqualTo(flat);
  }

  static List<GoldenCase> golden() {
    return GoldenCases.of("embedding");
  }

  @ParameterizedTest
  @MethodSource("golden")
  void agreesWithPytorchsNumbers(GoldenCase golden) {
    EmbeddingOp op = EmbeddingOp.of(golden.in(), golden.out());
    int padding = Integer.parseInt(golden.option("padding_index", "-1"));
    op = padding < 0 ? op : op.withPaddingIndex(padding);
    GaussianPosterior q = GaussianPosterior.ofRho(golden.tensor("mu"), golden.tensor("rho"));
    Var noise = Ops.mul(q.standardDeviation(), Var.constant(golden.tensor("eps")));
    Var y = op.apply(Var.constant(golden.tensor("x")), Ops.add(q.mean(), noise));
    Doubles.assertClose("y", y.value(), golden.tensor("y"), 1e-6);
    Gradients gradients = Gradients.of(y, golden.tensor("g"));
    Doubles.assertClose("mu", gradients.get(q.mu()), golden.tensor("grad_mu"), 1e-5);
    Doubles.assertClose("rho", gradients.get(q.rho()), golden.tensor("grad_rho"), 1e-5);
    double kl =
        GaussianPrior.of(golden.priorMu(), golden.priorSigma()).kl(q, Noise.seeded(0)).item();
    assertThat(kl).isCloseTo(golden.klSum(), within(1e-5 * golden.klSum()));
  }

  @Test
  void aNumberNamesARowOfTheTable() {
    Embedding layer = new Embedding(OP, Init.seeded(1));
    INDArray table = layer.parameters().get("weight").value();
    INDArray y = layer.forward(X, Pass.mean()).value();
    for (int k = 0; k < 3; k++) {
      assertThat(y.getDouble(0, 0, k)).isEqualTo(table.getDouble(4, k));
      assertThat(y.getDouble(1, 1, k)).isEqualTo(table.getDouble(1, k));
    }
  }

  @Test
  void thePaddingIndexGivesZerosWithoutNoiseOrGradient() {
    EmbeddingReparameterization layer = bayesian(OP.withPaddingIndex(4));
    layer.parameters().get("weight.mu").value().assign(1);
    Var y = layer.forward(X, Pass.train(Noise.seeded(3)));
    assertThat(Arrays.copyOf(Doubles.of(y.value()), 3)).containsOnly(0);
    Gradients gradients = Gradients.of(Ops.sum(y));
    for (Parameter parameter : layer.parameters().values()) {
      double[] gradient = Doubles.of(gradients.get(parameter));
      assertThat(Arrays.stream(gradient, 12, 15).allMatch(g -> g == 0)).isTrue();
      assertThat(Arrays.stream(gradient).anyMatch(g -> g != 0)).isTrue();
    }
    INDArray fresh =
        new Embedding(OP.withPaddingIndex(2), Init.seeded(1)).op().table(Init.seeded(1));
    assertThat(Doubles.of(fresh.getRow(2))).containsOnly(0);
  }

  @Test
  void aNumberMeansTheSameVectorWhereverItOccursInAPass() {
    EmbeddingReparameterization layer = bayesian(OP);
    Pass pass = Pass.sample(Noise.seeded(3));
    double[] y = Doubles.of(layer.forward(X, pass).value());
    assertThat(Arrays.copyOfRange(y, 6, 9)).isEqualTo(Arrays.copyOf(y, 3));
    double[] later = Doubles.of(layer.forward(X, pass.forExamplesFrom(7)).value());
    assertThat(later).isEqualTo(y);
    assertThat(Doubles.of(layer.forward(X, Pass.sample(Noise.seeded(4))).value())).isNotEqualTo(y);
  }

  @Test
  void drawsHaveTheMomentsOfThePosterior() {
    EmbeddingReparameterization layer = bayesian(OP);
    double mean = layer.forward(X, Pass.mean()).value().getDouble(0, 0, 0);
    int draws = 2000;
    double sum = 0;
    double squares = 0;
    for (int draw = 0; draw < draws; draw++) {
      Pass pass = Pass.sample(Noise.seeded(1).split(draw));
      double deviation = layer.forward(X, pass).value().getDouble(0, 0, 0) - mean;
      sum += deviation;
      squares += deviation * deviation;
    }
    // Five standard errors of Gaussian draws.
    assertThat(sum / draws).isCloseTo(0, within(5 * 0.3 / Math.sqrt(draws)));
    assertThat(squares / draws).isCloseTo(0.09, within(5 * 0.09 * Math.sqrt(2.0 / draws)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 5, 1.5, Double.NaN, 1e20})
  void refusesWhatIsNoNumberOfARow(double bad) {
    Embedding layer = new Embedding(OP, Init.seeded(1));
    Var x = Var.constant(Samples.array(new long[] {3}, 0, bad, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(x, Pass.mean()))
        .withMessageStartingWith("x must hold whole numbers in [0, 5), got ")
        .withMessageEndingWith("at element 1");
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmbeddingOp.of(0, 3))
        .withMessageContaining("count");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmbeddingOp.of(3, 0))
        .withMessageContaining("units");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EmbeddingOp.of(1 << 25, 1))
        .withMessageContaining("what a float can count to");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OP.withPaddingIndex(5))
        .withMessage("paddingIndex must be in [0, 5), got 5");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                VariationalLayers.of(
                    EmbeddingOp.of(4, 3), bayesian(OP).distributions().get("weight")))
        .withMessage("table must have shape [4, 3], got [5, 3]");
  }
}
