package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.GroupNorm;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Conv1dFlipout;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearLocalReparameterization;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which layers are converted, and how each. */
class ConversionOptionsTest {
  private static final Init INIT = Init.seeded(1);
  private static final ConversionOptions FLIPOUT = ConversionOptions.flipout();
  private static final GaussianPrior NARROW = GaussianPrior.of(0, 0.1);

  /** Linear 0, BatchNorm 1, Linear 3, Linear 5. */
  private static Sequential chain() {
    return Sequential.of(
        new Linear(3, 4, INIT),
        new BatchNorm1d(4),
        Activation.RELU,
        new Linear(4, 4, INIT),
        Activation.RELU,
        new Linear(4, 2, INIT));
  }

  private static Layer at(Layer model, int slot) {
    return model.slots().get(slot).layer();
  }

  private static Prior prior(Layer model, String path) {
    return Kl.distributions(model).get(path).prior();
  }

  private static double sigma(Layer model, String path) {
    VariationalParameter weights = Kl.distributions(model).get(path);
    return Doubles.of(weights.posterior().sigma())[0];
  }

  private static List<String> converted(Layer model, ConversionOptions options) {
    return DnnToBnn.convert(model, options).report().with(Outcome.CONVERTED).stream()
        .map(LayerChange::path)
        .toList();
  }

  @Test
  void aRuleSetsEstimatorPriorAndSpreadOfTheLayersItNames() {
    Sequential model = chain();
    DnnToBnn.convert(
        model,
        FLIPOUT
            .forLayers("3", layer -> layer.withEstimator(Estimator.LOCAL_REPARAMETERIZATION))
            .forLayers("5", layer -> layer.withPrior(NARROW).withInitialSigma(0.2)));
    assertThat(at(model, 0)).isInstanceOf(LinearFlipout.class);
    assertThat(at(model, 3)).isInstanceOf(LinearLocalReparameterization.class);
    assertThat(at(model, 5)).isInstanceOf(LinearFlipout.class);
    assertThat(prior(model, "5.weight")).isSameAs(NARROW);
    assertThat(prior(model, "3.bias")).isNotSameAs(NARROW);
    assertThat(sigma(model, "5.bias")).isCloseTo(0.2, within(1e-6));
    assertThat(sigma(model, "3.weight")).isCloseTo(Math.log1p(Math.exp(-3)), within(1e-6));
  }

  @Test
  void laterRulesWinOptionByOptionWhateverTheOrderOfTheGeneralOnes() {
    Sequential model = chain();
    VariationalSpec wide = VariationalSpec.defaults().withInitialSigma(0.5);
    DnnToBnn.convert(
        model,
        FLIPOUT
            .forLayers(Linear.class, layer -> layer.withInitialSigma(0.1).withPrior(NARROW))
            .forLayers("[35]", layer -> layer.withInitialSigma(0.2))
            .forLayers("5", layer -> layer.withEstimator(Estimator.REPARAMETERIZATION))
            .withSpec(wide));
    assertThat(sigma(model, "0.weight")).isCloseTo(0.1, within(1e-6));
    assertThat(sigma(model, "3.weight")).isCloseTo(0.2, within(1e-6));
    assertThat(sigma(model, "5.weight")).isCloseTo(0.2, within(1e-6));
    assertThat(prior(model, "5.weight")).isSameAs(NARROW);
    assertThat(at(model, 3)).isInstanceOf(LinearFlipout.class);
    assertThat(at(model, 5)).isInstanceOf(LinearReparameterization.class);
  }

  @Test
  void mopedIsSetAndTakenBackByLayer() {
    Sequential model = chain();
    VariationalSpec narrow = VariationalSpec.defaults().withPrior(NARROW);
    DnnToBnn.convert(
        model,
        FLIPOUT
            .withSpec(narrow)
            .withMoped(Moped.of(0.5))
            .forLayers("0", LayerConversion::withoutMoped)
            .forLayers("3", layer -> layer.withMoped(Moped.of(0.1).keepingPrior()))
            .forLayers("5", layer -> layer.withInitialSigma(0.3)));
    assertThat(sigma(model, "0.weight")).isCloseTo(narrow.initialSigma(), within(1e-6));
    assertThat(prior(model, "0.weight")).isSameAs(NARROW);
    assertThat(prior(model, "3.weight")).isSameAs(NARROW);
    double w = Doubles.of(Kl.distributions(model).get("3.weight").posterior().mu().value())[0];
    assertThat(sigma(model, "3.weight")).isCloseTo(0.1 * Math.abs(w), within(1e-6));
    assertThat(sigma(model, "5.weight")).isCloseTo(0.3, within(1e-6));
    assertThat(prior(model, "5.weight")).isSameAs(NARROW);
  }

  @Test
  void aRuleMakesOneEstimatorServeWhereAnotherDoesNotApply() {
    ConversionOptions local = ConversionOptions.of(Estimator.LOCAL_REPARAMETERIZATION);
    Sequential model = Sequential.of(new Lstm(3, 4, INIT), new Linear(4, 2, INIT));
    Layer lstm = at(model, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnnToBnn.convert(model, local))
        .withMessageContaining("layer \"0\" cannot be converted")
        .withMessageContaining("estimator")
        .withMessageContaining("LOCAL_REPARAMETERIZATION");
    assertThat(at(model, 0)).isSameAs(lstm);
    DnnToBnn.convert(
        model, local.forLayers(Recurrent.class, layer -> layer.withEstimator(Estimator.FLIPOUT)));
    assertThat(at(model, 0)).isInstanceOf(LstmFlipout.class);
    assertThat(at(model, 1)).isInstanceOf(LinearLocalReparameterization.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnnToBnn.convert(new Lstm(3, 4, INIT), local))
        .withMessageContaining("layer (root) cannot be converted");
  }

  @Test
  void lastLayerOnlyConvertsTheLastOfTheLayersThatFiltersLeave() {
    assertThat(converted(chain(), FLIPOUT.lastLayerOnly())).containsExactly("5");
    assertThat(converted(chain(), FLIPOUT.lastLayerOnly().excluding("5"))).containsExactly("3");
    Sequential normed =
        Sequential.of(new Conv1d(ConvSpec.conv1d(2, 4, 3), INIT), new GroupNorm(2, 4));
    assertThat(converted(normed, FLIPOUT.lastLayerOnly())).containsExactly("0");
    assertThat(at(normed, 0)).isInstanceOf(Conv1dFlipout.class);
    assertThat(converted(Sequential.of(new LayerNorm(3)), FLIPOUT.lastLayerOnly())).isEmpty();
  }

  @Test
  void lastLayerOnlyDoesNotMoveForwardWhenRepeated() {
    Sequential model = chain();
    DnnToBnn.convert(model, FLIPOUT.lastLayerOnly());
    assertThat(converted(model, FLIPOUT.lastLayerOnly())).isEmpty();
    assertThat(at(model, 3)).isInstanceOf(Linear.class);
  }

  @Test
  void lastLayerOnlyAsksNothingOfTheOthers() {
    Sequential model = Sequential.of(new Lstm(3, 4, INIT), new Linear(4, 2, INIT));
    ConversionOptions local = ConversionOptions.of(Estimator.LOCAL_REPARAMETERIZATION);
    assertThat(converted(model, local.lastLayerOnly())).containsExactly("1");
  }

  @Test
  void aPathThatMatchesNoLayerIsAnErrorAndNothingIsChanged() {
    Sequential model = chain();
    for (ConversionOptions slip :
        List.of(
            FLIPOUT.including("fc"),
            FLIPOUT.excluding("fc"),
            FLIPOUT.forLayers("fc", LayerConversion::withoutMoped))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> DnnToBnn.convert(model, slip))
          .withMessage(
              "path pattern \"fc\" matches no layer with weights; there are"
                  + " \"0\", \"1\", \"3\", \"5\"");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnnToBnn.convert(model, FLIPOUT.including("2")))
        .withMessageContaining("\"2\" matches no layer with weights");
    assertThat(Kl.distributions(model)).isEmpty();
  }

  @Test
  void filtersThatLeaveNothingAreAnErrorIfTheyNameWhatToConvert() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnnToBnn.convert(chain(), FLIPOUT.including(Lstm.class)))
        .withMessage("the options leave none of the 4 layers with weights");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnnToBnn.convert(chain(), FLIPOUT.including("0").including("3")))
        .withMessageContaining("leave none");
    assertThat(converted(chain(), FLIPOUT.excluding(Linear.class))).isEmpty();
  }

  @Test
  void filteredConversionsCanBeRepeated() {
    Sequential model = chain();
    for (ConversionOptions options :
        List.of(FLIPOUT.including(Linear.class), FLIPOUT.including("5"))) {
      DnnToBnn.convert(model, options);
      assertThat(converted(model, options)).isEmpty();
    }
  }

  @Test
  void normalisationsOfAllKindsAreKeptWithTheirReason() {
    Sequential model =
        Sequential.of(
            new Embedding(5, 4, INIT),
            new Flatten(),
            new Linear(8, 4, INIT),
            new LayerNorm(4),
            new GroupNorm(2, 4),
            new BatchNorm1d(4));
    Layer[] norms = {at(model, 3), at(model, 4), at(model, 5)};
    ConversionReport report = DnnToBnn.convert(model, FLIPOUT).report();
    assertThat(report.with(Outcome.KEPT))
        .extracting(entry -> entry.path() + " " + entry.detail())
        .containsExactly(
            "3 normalisation stays deterministic",
            "4 normalisation stays deterministic",
            "5 normalisation stays deterministic");
    assertThat(new Layer[] {at(model, 3), at(model, 4), at(model, 5)}).containsExactly(norms);
    assertThat(report.with(Outcome.REFUSED)).isEmpty();
    assertThat(report.with(Outcome.CONVERTED)).hasSize(2);
  }

  @Test
  void aLongListOfPathsIsCutShort() {
    Layer[] many = new Layer[12];
    for (int i = 0; i < many.length; i++) {
      many[i] = new Linear(2, 2, INIT);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnnToBnn.convert(Sequential.of(many), FLIPOUT.including("fc")))
        .withMessageEndingWith("\"6\", \"7\" and 4 more");
  }
}
