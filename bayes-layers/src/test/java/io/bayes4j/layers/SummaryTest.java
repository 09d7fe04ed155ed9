package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import org.junit.jupiter.api.Test;

final class SummaryTest {
  private static final Init INIT = Init.seeded(1);

  private static Sequential model() {
    return Sequential.of(
        new Conv2d(ConvSpec.conv2d(1, 4, 3).withStride(2), INIT),
        Activation.RELU,
        Sequential.of(
            new Flatten(), new LinearReparameterization(16, 10, VariationalSpec.defaults(), INIT)));
  }

  @Test
  void aModelPrintsItsLayersAndWhatTheyHold() {
    assertThat(model().toString())
        .isEqualTo(Layers.summary(model()))
        .isEqualTo(
            """
            layer                                      parameters                                                numbers
            Sequential
              0: Conv2d(1 -> 4, kernel 3, stride 2)    weight [4, 1, 3, 3], bias [4]                             40
              1: RELU
              2: Sequential
                0: Flatten()
                1: LinearReparameterization(16 -> 10)  weight (mean, spread) [10, 16], bias (mean, spread) [10]  340
            210 weights, 170 of them Bayesian; 380 numbers in parameters, 380 of them trained""");
  }

  @Test
  void withTheShapeOfAnInputItSaysThoseOfTheOutputs() {
    assertThat(Layers.summary(model(), 2, 1, 5, 5))
        .contains("stride 2)    [2, 4, 2, 2]")
        .contains("[2, 16]")
        .contains("[2, 10]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Layers.summary(model(), 2, 1, -5, 5))
        .withMessageContaining("inputShape");
  }

  @Test
  void whatIsFrozenIsNotTrained() {
    Linear linear = new Linear(2, 3, INIT);
    linear.parameters().get("bias").setTrainable(false);

    assertThat(Layers.summary(linear))
        .contains("Linear(2 -> 3)")
        .endsWith("9 weights, 0 of them Bayesian; 9 numbers in parameters, 6 of them trained");
  }

  @Test
  void aLayerWithoutWordsIsNamedByItsClass() {
    final class Twice implements Layer {
      @Override
      public Var forward(Var x, Pass pass) {
        return x;
      }
    }

    assertThat(Layers.summary(new Twice())).contains("\nTwice\n");
    assertThat(new Twice().forward(Var.constant(Samples.normals(1, 1)), Pass.mean()).rank())
        .isOne();
  }
}
