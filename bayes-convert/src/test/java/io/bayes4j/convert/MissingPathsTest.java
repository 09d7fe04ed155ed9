package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose3d;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.Conv1dReparameterization;
import io.bayes4j.layers.variational.ConvTranspose3dFlipout;
import io.bayes4j.layers.variational.EmbeddingReparameterization;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.GruFlipout;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.VariationalLayer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What crashes other converters, or is left deterministic by them without a word. */
class MissingPathsTest {
  private static final Init INIT = Init.seeded(1);
  private static final ConversionOptions FLIPOUT = ConversionOptions.flipout();

  private static double[] mean(Layer model, INDArray x) {
    return Doubles.of(model.forward(Var.constant(x), Pass.mean()).value());
  }

  /** Trains one step's worth: a forward pass, and gradients for every parameter. */
  private static void assertTrains(Layer model, INDArray x) {
    Pass pass = Pass.train(Noise.seeded(1));
    Var y = Ops.sum(Ops.square(model.forward(Var.constant(x), pass)));
    Gradients gradients = Gradients.of(Ops.add(y, Kl.of(model, Noise.seeded(2))));
    for (Map.Entry<String, Parameter> entry : Layers.parameters(model).entrySet()) {
      assertThat(gradients.reaches(entry.getValue().var())).as(entry.getKey()).isTrue();
      assertThat(gradients.get(entry.getValue()).amaxNumber().doubleValue())
          .as(entry.getKey())
          .isPositive()
          .isFinite();
    }
  }

  @ParameterizedTest
  @EnumSource
  void crash_conv1dConvertsWithEveryEstimator(Estimator estimator) {
    Conv1d plain = new Conv1d(ConvSpec.conv1d(3, 4, 3).withPadding(1).withStride(2), INIT);
    INDArray x = Samples.normals(1, 2, 3, 9);
    double[] before = mean(plain, x);
    Layer bayesian = DnnToBnn.convert(plain, ConversionOptions.of(estimator)).model();
    assertThat(bayesian).isInstanceOf(VariationalLayer.class);
    assertThat(mean(bayesian, x)).isEqualTo(before);
    assertTrains(bayesian, x);
  }

  @Test
  void crash_convTranspose3dFlipoutWithBiasRunsAfterConversion() {
    ConvTranspose3d plain = new ConvTranspose3d(ConvSpec.conv3d(2, 3, 2).withStride(2), INIT);
    INDArray x = Samples.normals(1, 2, 2, 2, 3, 2);
    double[] before = mean(plain, x);
    Layer bayesian = DnnToBnn.convert(plain, FLIPOUT).model();
    assertThat(bayesian).isInstanceOf(ConvTranspose3dFlipout.class);
    assertThat(bayesian.parameters()).containsKey("bias.rho");
    assertThat(mean(bayesian, x)).isEqualTo(before);
    assertTrains(bayesian, x);
  }

  /** Its name says Conv and Linear; it is neither, but holds layers that convert. */
  private static final class ConvLinearAttention extends Block {
    private final Slot<Layer> query = slot("query", new Linear(4, 4, INIT));
    private final Slot<Layer> key = slot("key", new Linear(4, 4, INIT));
    private final Parameter linearScale = new Parameter(Samples.array(new long[] {1}, 0.5));

    @Override
    public Map<String, Parameter> parameters() {
      return Map.of("linear_scale", linearScale);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      Var gate = Activations.sigmoid(Ops.mul(query.forward(x, pass), key.forward(x, pass)));
      return Ops.mul(Ops.mul(gate, x), linearScale.var());
    }
  }

  @Test
  void crash_aClassIsTakenForWhatItIsNotForItsName() {
    Sequential model = Sequential.of(new ConvLinearAttention(), new Linear(4, 2, INIT));
    INDArray x = Samples.normals(1, 3, 4);
    double[] before = mean(model, x);
    ConversionReport report = DnnToBnn.convert(model, FLIPOUT).report();
    assertThat(report.with(Outcome.CONVERTED))
        .extracting(LayerChange::path)
        .containsExactly("0.query", "0.key", "1");
    assertThat(report.with(Outcome.REFUSED))
        .extracting(entry -> entry.path() + " " + entry.detail())
        .containsExactly("0 has no Bayesian counterpart");
    assertThat(mean(model, x)).isEqualTo(before);
    assertTrains(model, x);
  }

  @Test
  void crash_convertingTwiceKeepsTheFirstConversion() {
    Layer once = DnnToBnn.convert(new Conv1d(ConvSpec.conv1d(2, 2, 3), INIT), FLIPOUT).model();
    Conversion twice = DnnToBnn.convert(once, ConversionOptions.reparameterization());
    assertThat(twice.model()).isSameAs(once);
    assertThat(twice.report().with(Outcome.KEPT)).hasSize(1);
    Sequential model = Sequential.of(new Conv1d(ConvSpec.conv1d(2, 2, 3), INIT));
    DnnToBnn.convert(model, ConversionOptions.reparameterization());
    DnnToBnn.convert(model, FLIPOUT);
    assertThat(model.slots().get(0).layer()).isInstanceOf(Conv1dReparameterization.class);
  }

  @Test
  void crash_aBareLinearIsARootThatIsReplaced() {
    Linear plain = new Linear(3, 2, INIT);
    Layer bayesian = DnnToBnn.convert(plain, FLIPOUT).model();
    assertThat(bayesian).isInstanceOf(LinearFlipout.class);
    assertTrains(bayesian, Samples.normals(1, 4, 3));
  }

  @Test
  void missing_recurrentLayersAndEmbeddingsAreConvertedNotPassedOver() {
    Sequential model =
        Sequential.of(new Embedding(5, 3, INIT), new Gru(3, 4, INIT), new Lstm(4, 2, INIT));
    INDArray x = Samples.array(new long[] {2, 3}, 0, 1, 2, 3, 4, 0);
    double[] before = mean(model, x);
    DnnToBnn.convert(model, FLIPOUT);
    assertThat(model.slots().get(0).layer()).isInstanceOf(EmbeddingReparameterization.class);
    assertThat(model.slots().get(1).layer()).isInstanceOf(GruFlipout.class);
    assertThat(model.slots().get(2).layer()).isInstanceOf(LstmFlipout.class);
    assertThat(mean(model, x)).isEqualTo(before);
    assertTrains(model, x);
  }

  static Stream<Layer> everyKind() {
    RecurrentSpec recurrent = RecurrentSpec.of(3, 4).withLayers(2).withBidirectional();
    return Stream.of(
        new Linear(3, 4, INIT),
        new Conv1d(ConvSpec.conv1d(2, 4, 3), INIT),
        new ConvTranspose3d(ConvSpec.conv3d(2, 3, 2), INIT),
        new Lstm(recurrent, INIT),
        new Gru(recurrent.withoutBias(), INIT),
        new Embedding(5, 3, INIT));
  }

  /** The peer has two methods of this name, and for recurrent layers a warning. */
  @ParameterizedTest
  @MethodSource("everyKind")
  void mopedIsTheSameForEveryKind(Layer plain) {
    Moped moped = new Moped(0.1, true, 1e-3);
    Layer model = DnnToBnn.convert(plain, FLIPOUT.withMoped(moped)).model();
    Map<String, VariationalParameter> all = ((VariationalLayer) model).distributions();
    assertThat(all.keySet()).containsExactlyElementsOf(plain.parameters().keySet());
    all.forEach(
        (name, weights) -> {
          INDArray trained = plain.parameters().get(name).value();
          double[] w = Doubles.of(trained);
          double[] sigma = Doubles.of(weights.posterior().sigma());
          GaussianPrior prior = (GaussianPrior) weights.prior();
          assertThat(Doubles.of(weights.posterior().mu().value())).isEqualTo(w);
          assertThat(Doubles.of(prior.mean())).isEqualTo(w);
          for (int i = 0; i < w.length; i++) {
            double expected = Math.max(0.1 * Math.abs(w[i]), 1e-3);
            assertThat(sigma[i] / expected).isBetween(0.999, 1.001);
          }
          trained.assign(7);
          assertThat(Doubles.of(weights.posterior().mu().value())).isEqualTo(w);
          assertThat(Doubles.of(prior.mean())).isEqualTo(w);
        });
  }

  @Test
  void aRecurrentLayerKeepsLayersDirectionsDropoutAndMissingBias() {
    RecurrentSpec spec =
        RecurrentSpec.of(3, 4).withLayers(2).withBidirectional().withDropout(0.2).withoutBias();
    LstmFlipout bayesian = (LstmFlipout) DnnToBnn.convert(new Lstm(spec, INIT), FLIPOUT).model();
    assertThat(bayesian.op().spec()).isEqualTo(spec);
    assertThat(bayesian.distributions().keySet()).noneMatch(name -> name.startsWith("bias"));
    assertThat(bayesian.distributions()).hasSize(8);
  }
}
