package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A model without anything random is not uncertain, and must not say that it is sure. */
final class NothingRandomTest {
  private static final Init INIT = Init.seeded(1);

  private static final class OfOnesOwn extends Block {
    private final Slot<Layer> only = slot("only", new Linear(3, 2, INIT));

    @Override
    public Var forward(Var x, Pass pass) {
      return only.forward(x, pass);
    }
  }

  @Test
  void itsUncertaintyIsRefused() {
    Layer dropout = Sequential.of(new Linear(3, 2, INIT), new Dropout(0.5));
    for (Layer model : List.of(new Linear(3, 2, INIT), new OfOnesOwn(), dropout)) {
      MonteCarlo predictor = MonteCarlo.of(model);

      assertThatIllegalStateException()
          .isThrownBy(() -> predictor.classify(Samples.normals(1, 4, 3)))
          .withMessageContaining("nothing in the model is random in mode SAMPLE")
          .withMessageContaining("all 30 draws are one")
          .withMessageContaining("MonteCarlo.atMean");
      assertThatIllegalStateException()
          .isThrownBy(() -> predictor.regress(Samples.normals(1, 4, 3)));
      assertThatIllegalStateException()
          .isThrownBy(() -> predictor.regress(Samples.normals(1, 4, 3), 0.1));
    }
  }

  @Test
  void oneDrawTheMeanEnsemblesAndDropoutAreFine() {
    Linear plain = new Linear(3, 2, INIT);
    Layer bayesian = new LinearReparameterization(3, 2, VariationalSpec.defaults(), INIT);
    Layer dropout = Sequential.of(plain, new Dropout(0.5));

    List<Predictor> predictors =
        List.of(
            MonteCarlo.of(plain).samples(1),
            MonteCarlo.atMean(plain),
            MonteCarlo.atMean(bayesian),
            MonteCarlo.of(bayesian),
            MonteCarlo.of(dropout).mode(Mode.DROPOUT_SAMPLE),
            Ensemble.of(List.of(plain, new Linear(3, 2, INIT))));

    for (Predictor predictor : predictors) {
      assertThat(predictor.classify(Samples.normals(1, 4, 3)).mean().shape()).containsExactly(4, 2);
    }
    assertThat(MonteCarlo.of(plain).outputs(Samples.normals(1, 4, 3)).shape())
        .containsExactly(30, 4, 2);
  }
}
