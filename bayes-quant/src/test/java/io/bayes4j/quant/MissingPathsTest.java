package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.Conv3d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose1d;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.ConvTranspose3d;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.Quantization.Outcome;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What crashes the quantization of other libraries, or gives wrong numbers without a word. */
class MissingPathsTest {
  private static final Init INIT = Init.seeded(1);

  static Stream<Layer> layersWithoutAnEightBitForm() {
    ConvSpec one = ConvSpec.conv1d(2, 3, 3);
    ConvSpec two = ConvSpec.conv2d(2, 3, 3);
    ConvSpec three = ConvSpec.conv3d(2, 3, 2);
    return Stream.of(
        new Conv1d(one, INIT),
        new Conv2d(two, INIT),
        new Conv3d(three, INIT),
        new ConvTranspose1d(one, INIT),
        new ConvTranspose2d(two, INIT),
        new ConvTranspose3d(three, INIT),
        new Lstm(3, 4, INIT));
  }

  @ParameterizedTest
  @MethodSource("layersWithoutAnEightBitForm")
  void crash_whatHasNoEightBitFormIsRefusedByPathAndLeft(Layer layer) {
    Sequential model = Sequential.of(layer);
    Quantization done = Quantizer.quantize(model);
    assertThat(done.with(Outcome.REFUSED))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.path()).isEqualTo("0");
              assertThat(entry.detail()).isEqualTo("only dense layers have an 8-bit form");
            });
    assertThat(model.slots().get(0).layer()).isSameAs(layer);
  }

  @ParameterizedTest
  @EnumSource
  void crash_aDenseLayerWithoutBiasIsQuantized(Estimator estimator) {
    AffineOp op = new AffineOp.Dense(30, 5, false);
    Layer layer = VariationalLayers.fresh(op, estimator, VariationalSpec.defaults(), INIT);
    INDArray x = Noise.seeded(1).normals(4, 30);
    float[] exact = mean(layer, x);
    float[] int8 = mean(Quantizer.quantize(layer).model(), x);
    for (int i = 0; i < exact.length; i++) {
      assertThat(int8[i]).isCloseTo(exact[i], within(0.1f));
    }
  }

  private static float[] mean(Layer layer, INDArray x) {
    return layer.forward(Var.constant(x), Pass.mean()).value().dup('c').data().asFloat();
  }

  /** The peer builds a ResNet-50 whatever it is given. */
  @Test
  void crash_theNetworkThatIsGivenIsTheOneThatIsQuantized() {
    Sequential model = Sequential.of(new Linear(6, 4, INIT), new BatchNorm1d(4));
    INDArray x = Noise.seeded(2).normals(5, 6);
    float[] exact = mean(model, x);
    Layer norm = model.slots().get(1).layer();

    assertThat(Quantizer.quantize(model).model()).isSameAs(model);

    assertThat(model.slots().get(1).layer()).isSameAs(norm);
    float[] int8 = mean(model, x);
    for (int i = 0; i < exact.length; i++) {
      assertThat(int8[i]).isCloseTo(exact[i], within(0.1f));
    }
  }
}
