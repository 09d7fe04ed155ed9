package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.GruReparameterization;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearLocalReparameterization;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.VariationalLayer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class RecurrentConversionTest {
  private static final RecurrentSpec SPEC =
      RecurrentSpec.of(3, 4).withLayers(2).withBidirectional().withDropout(0.25).withoutBias();

  /** Reads a sequence and classifies it by the final hidden state; needs a recurrent layer. */
  private static final class Classifier extends Block {
    private final Slot<Recurrent> encoder;
    private final Slot<Layer> head;

    Classifier(Init init) {
      encoder = slot("encoder", Recurrent.class, new Lstm(SPEC, init));
      head = slot("head", new Linear(SPEC.outputs(), 2, init));
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return head.forward(encoder.layer().run(x, pass.at("encoder")).output(), pass);
    }
  }

  private static final Var X = Var.constant(Samples.normals(1, 2, 5, 3));

  @Test
  void convertsAnLstmInItsSlotWithAllOptions() {
    Classifier model = new Classifier(Init.seeded(1));
    double[] before = Doubles.of(model.forward(X, Pass.mean()).value());
    Conversion conversion = DnnToBnn.convert(model, ConversionOptions.flipout());

    assertThat(conversion.model()).isSameAs(model);
    assertThat(model.encoder.layer()).isInstanceOf(LstmFlipout.class);
    assertThat(model.head.layer()).isInstanceOf(LinearFlipout.class);
    assertThat(model.encoder.layer().op().spec()).isEqualTo(SPEC);
    assertThat(Doubles.of(model.forward(X, Pass.mean()).value())).isEqualTo(before);
    assertThat(Doubles.of(model.forward(X, Pass.sample(Noise.seeded(1))).value()))
        .isNotEqualTo(before);
    assertThat(conversion.report().entries())
        .extracting(entry -> entry.path() + " " + entry.outcome() + " " + entry.detail())
        .containsExactly(
            "encoder CONVERTED is a LstmFlipout now", "head CONVERTED is a LinearFlipout now");
    assertThat(Layers.parameters(model))
        .containsKeys("encoder.weight_ih_l0.mu", "encoder.weight_hh_l1_reverse.rho");
  }

  @Test
  void convertingTwiceChangesNothing() {
    Classifier model = new Classifier(Init.seeded(1));
    DnnToBnn.convert(model, ConversionOptions.flipout());
    Layer encoder = model.encoder.layer();
    ConversionReport again =
        DnnToBnn.convert(model, ConversionOptions.reparameterization()).report();
    assertThat(model.encoder.layer()).isSameAs(encoder);
    assertThat(again.with(Outcome.KEPT)).hasSize(2);
  }

  @Test
  void localReparameterizationIsRefusedWithTheLayersPath() {
    Classifier model = new Classifier(Init.seeded(1));
    Layer encoder = model.encoder.layer();
    Layer head = model.head.layer();
    ConversionOptions local = ConversionOptions.of(Estimator.LOCAL_REPARAMETERIZATION);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DnnToBnn.convert(model, local))
        .withMessageContaining("layer \"encoder\" cannot be converted")
        .withMessageContaining("estimator of a recurrent layer")
        .withMessageContaining("LOCAL_REPARAMETERIZATION");
    assertThat(model.encoder.layer()).isSameAs(encoder);
    assertThat(model.head.layer()).isSameAs(head);
    DnnToBnn.convert(model, local.excluding(Recurrent.class));
    assertThat(model.head.layer()).isInstanceOf(LinearLocalReparameterization.class);
  }

  @Test
  void convertsABareGruAndKeepsFrozenWeights() {
    Gru gru = new Gru(3, 4, Init.seeded(1));
    gru.parameters().get("weight_hh_l0").setTrainable(false);
    Layer converted = DnnToBnn.convert(gru, ConversionOptions.reparameterization()).model();
    assertThat(converted).isInstanceOf(GruReparameterization.class);
    Map<String, Parameter> parameters = converted.parameters();
    assertThat(parameters.get("weight_hh_l0.mu").trainable()).isFalse();
    assertThat(parameters.get("weight_hh_l0.rho").trainable()).isFalse();
    assertThat(parameters.get("weight_ih_l0.rho").trainable()).isTrue();
  }

  @Test
  void mopedCentresPosteriorAndPriorOnTheTrainedWeights() {
    Lstm lstm = new Lstm(SPEC, Init.seeded(1));
    Layer model =
        DnnToBnn.convert(lstm, ConversionOptions.flipout().withMoped(Moped.of(0.1))).model();
    Map<String, VariationalParameter> all = ((VariationalLayer) model).distributions();
    assertThat(all.keySet()).isEqualTo(lstm.parameters().keySet());
    all.forEach(
        (name, weights) -> {
          INDArray trained = lstm.parameters().get(name).value();
          double[] w = Doubles.of(trained);
          double[] sigma = Doubles.of(weights.posterior().sigma());
          for (int i = 0; i < w.length; i++) {
            assertThat(sigma[i])
                .isCloseTo(Math.max(0.1 * Math.abs(w[i]), 1e-5), withinPercentage(0.1));
          }
          assertThat(weights.posterior().mu().value()).isEqualTo(trained);
          assertThat(weights.posterior().mu().value()).isNotSameAs(trained);
          assertThat(Doubles.of(((GaussianPrior) weights.prior()).mean())).isEqualTo(w);
        });
    assertThat(Kl.value(model)).isPositive();
  }
}
