package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import org.junit.jupiter.api.Test;

class RecurrentSpecTest {
  private static final RecurrentSpec TWO = RecurrentSpec.of(3, 4).withLayers(2);

  @Test
  void refusesBadOptionsByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecurrentSpec.of(0, 4))
        .withMessage("inputs must be > 0, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecurrentSpec.of(3, -1))
        .withMessage("hidden must be > 0, got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecurrentSpec.of(3, 4).withLayers(0))
        .withMessage("layers must be > 0, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TWO.withDropout(1))
        .withMessage("dropout must be in [0, 1), got 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecurrentSpec.of(3, 4).withDropout(0.5))
        .withMessageContaining("at least 2 of them, got dropout 0.5 and layers 1");
  }

  @Test
  void namesParametersAsPyTorchDoes() {
    assertThat(new Lstm(TWO.withBidirectional(), Init.seeded(1)).parameters().keySet())
        .containsExactly(
            "weight_ih_l0",
            "weight_hh_l0",
            "bias_ih_l0",
            "bias_hh_l0",
            "weight_ih_l0_reverse",
            "weight_hh_l0_reverse",
            "bias_ih_l0_reverse",
            "bias_hh_l0_reverse",
            "weight_ih_l1",
            "weight_hh_l1",
            "bias_ih_l1",
            "bias_hh_l1",
            "weight_ih_l1_reverse",
            "weight_hh_l1_reverse",
            "bias_ih_l1_reverse",
            "bias_hh_l1_reverse");
    Gru gru = new Gru(TWO.withBidirectional().withoutBias(), Init.seeded(1));
    assertThat(gru.parameters()).hasSize(8);
    assertThat(gru.parameters().get("weight_ih_l1_reverse").shape()).containsExactly(12, 8);
  }

  @Test
  void refusesWrongShapesNamingTheLayer() {
    Lstm lstm = new Lstm(TWO, Init.seeded(1));
    Pass pass = Pass.mean().at("encoder");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.forward(RecurrentRuns.normals(1, 2, 5, 7), pass))
        .withMessage("LSTM at encoder: x must be [N, T, 3], got shape [2, 5, 7]");
    Var x = RecurrentRuns.normals(1, 2, 5, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.run(x, lstm.op().zeros(9), pass))
        .withMessageContaining("LSTM at encoder: initial hidden state must have shape [2, 2, 4]")
        .withMessageContaining("got [2, 9, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.run(x, RecurrentState.of(lstm.op().zeros(2).hidden()), pass))
        .withMessage("LSTM at encoder: cell state must be given");
  }

  @Test
  void dropsOnlyBetweenLayersAndOnlyInTraining() {
    Var x = RecurrentRuns.normals(1, 4, 5, 3);
    Lstm plain = new Lstm(TWO, Init.seeded(1));
    Lstm dropping = new Lstm(TWO.withDropout(0.5), Init.seeded(1));
    double[] undropped = Doubles.of(plain.forward(x, Pass.mean()).value());
    assertThat(Doubles.of(dropping.forward(x, Pass.sample(Noise.seeded(1))).value()))
        .isEqualTo(undropped);

    RecurrentOutput trained = dropping.run(x, Pass.train(Noise.seeded(1)));
    assertThat(Doubles.of(trained.output().value())).isNotEqualTo(undropped).doesNotContain(0);
    // The first layer's own state is not dropped.
    assertThat(Doubles.of(trained.last().hiddenAt(0).value()))
        .isEqualTo(Doubles.of(plain.run(x, Pass.mean()).last().hiddenAt(0).value()));
  }
}
