package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Conv2dFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a layer refuses is refused with the layer's path, wherever in the model it is. */
final class LayerPathTest {
  private static final Init INIT = Init.seeded(1);
  private static final VariationalSpec SPEC = VariationalSpec.defaults();

  private static INDArray ones(long... shape) {
    return Nd4j.ones(shape);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(new Linear(4, 2, INIT), ones(2, 3)),
        Arguments.of(new LinearReparameterization(4, 2, SPEC, INIT), ones(2, 3)),
        Arguments.of(new Conv1d(ConvSpec.conv1d(3, 2, 3), INIT), ones(2, 2, 5)),
        Arguments.of(new Conv2d(ConvSpec.conv2d(3, 2, 3), INIT), ones(2, 2, 5, 5)),
        Arguments.of(new Conv2d(ConvSpec.conv2d(3, 2, 3), INIT), ones(2, 3, 2, 2)),
        Arguments.of(new Conv2dFlipout(ConvSpec.conv2d(3, 2, 3), SPEC, INIT), ones(2, 3)),
        Arguments.of(new ConvTranspose2d(ConvSpec.conv2d(3, 2, 3), INIT), ones(2, 2, 5, 5)),
        Arguments.of(new MaxPool2d(3), ones(2, 3)),
        Arguments.of(new AvgPool2d(9), ones(2, 3, 4, 4)),
        Arguments.of(new BatchNorm1d(3), ones(2, 4)),
        Arguments.of(new BatchNorm1d(3), ones(1, 3)),
        Arguments.of(new BatchNorm2d(3), ones(2, 4, 2, 2)),
        Arguments.of(new GroupNorm(2, 4), ones(2, 3, 2)),
        Arguments.of(new LayerNorm(4), ones(2, 3)),
        Arguments.of(new Lstm(RecurrentSpec.of(3, 4), INIT), ones(2, 5, 2)),
        Arguments.of(new Gru(RecurrentSpec.of(3, 4), INIT), ones(2, 3)),
        Arguments.of(new LstmReparameterization(3, 4, SPEC, INIT), ones(2, 5, 2)),
        Arguments.of(new Embedding(5, 3, INIT), ones(2, 3).mul(7)),
        Arguments.of(new MultiheadAttention(AttentionSpec.of(4, 2), INIT), ones(2, 3, 5)),
        Arguments.of(
            new TransformerEncoder(TransformerSpec.of(4, 2), 2, true, INIT), ones(2, 3, 5)));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void isNamed(Layer layer, INDArray x) {
    Sequential inner = Sequential.of(new Identity(), layer);
    Sequential model = Sequential.of(new Identity(), new Identity(), inner);
    assertThatThrownBy(() -> Pass.train(Noise.seeded(1)).run(model, Var.constant(x)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("at 2.1")
        .satisfies(e -> assertThat(e.getMessage().split("at 2\\.1", -1).length).isLessThan(4))
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPredictionNamesItToo() {
    Sequential model = Sequential.of(Activation.RELU, new Linear(4, 2, INIT));
    assertThatThrownBy(() -> MonteCarlo.atMean(model).outputs(ones(2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("at 1: x must be [N, ..., 4], got shape [2, 3]");
  }

  @Test
  void aBatchOfOneUnderBatchNormalisationSaysWhere() {
    Sequential model = Sequential.of(new Linear(3, 4, INIT), new BatchNorm1d(4));
    assertThatThrownBy(() -> Pass.train(Noise.seeded(1)).run(model, Var.constant(ones(1, 3))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("at 1: ");
  }

  @Test
  void aLayerAloneHasNoPath() {
    Linear layer = new Linear(4, 2, INIT);
    assertThatThrownBy(() -> Pass.mean().run(layer, Var.constant(ones(2, 3))))
        .hasMessage("x must be [N, ..., 4], got shape [2, 3]");
  }
}
