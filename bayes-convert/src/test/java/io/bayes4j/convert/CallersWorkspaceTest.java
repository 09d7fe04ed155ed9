package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.CallersWorkspace;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.TransformerEncoder;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Kl;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A conversion in a workspace of the caller's gives the model of one outside, which lasts. */
class CallersWorkspaceTest {
  private static Layer images() {
    Init init = Init.seeded(1);
    return Sequential.of(
        new Conv2d(ConvSpec.conv2d(2, 3, 3), init),
        new BatchNorm2d(3),
        Activation.RELU,
        new Flatten(),
        new Linear(27, 2, init));
  }

  private static Layer tokens() {
    Init init = Init.seeded(2);
    return Sequential.of(
        new Embedding(5, 4, init),
        new TransformerEncoder(TransformerSpec.of(4, 2).withFeedforward(3), 2, true, init),
        new Lstm(4, 3, init),
        new Gru(3, 2, init));
  }

  private static INDArray numbers() {
    INDArray all = Noise.seeded(3).normals(3, 4);
    for (int i = 0; i < 12; i++) {
      all.data().put(i, i * 3 % 5);
    }
    return all;
  }

  static Stream<Arguments> rows() {
    Map<String, ConversionOptions> ways = new LinkedHashMap<>();
    ways.put("reparameterization", ConversionOptions.reparameterization());
    ways.put("flipout", ConversionOptions.flipout());
    ways.put("MOPED", ConversionOptions.flipout().withMoped(Moped.of(0.2)));
    ways.put("last layer", ConversionOptions.reparameterization().lastLayerOnly());
    return ways.entrySet().stream()
        .flatMap(
            way ->
                Stream.of(
                    Arguments.of(
                        "images, " + way.getKey(),
                        (Supplier<Layer>) CallersWorkspaceTest::images,
                        way.getValue(),
                        (Supplier<INDArray>) () -> Noise.seeded(4).normals(3, 2, 5, 5)),
                    Arguments.of(
                        "tokens, " + way.getKey(),
                        (Supplier<Layer>) CallersWorkspaceTest::tokens,
                        way.getValue(),
                        (Supplier<INDArray>) CallersWorkspaceTest::numbers)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void theConvertedModelIsThatOfOutside(
      String name, Supplier<Layer> plain, ConversionOptions options, Supplier<INDArray> input) {
    INDArray x = input.get();
    Conversion outside = DnnToBnn.convert(plain.get(), options);
    Conversion inside = CallersWorkspace.around(() -> DnnToBnn.convert(plain.get(), options));

    assertThat(inside.report()).isEqualTo(outside.report());
    assertSame(inside.model(), outside.model(), x);
    assertThat(Kl.value(inside.model())).isEqualTo(Kl.value(outside.model()));

    Layer frozen = CallersWorkspace.around(() -> BnnToDnn.freeze(inside.model()));
    assertSame(frozen, BnnToDnn.freeze(outside.model()), x);
  }

  private static void assertSame(Layer own, Layer expected, INDArray x) {
    Map<String, INDArray> state = StateDict.of(own);
    StateDict.of(expected)
        .forEach(
            (path, array) ->
                assertThat(Doubles.of(state.get(path))).as(path).isEqualTo(Doubles.of(array)));
    INDArray inside = CallersWorkspace.around(() -> MonteCarlo.of(own).samples(2).outputs(x));
    assertThat(Doubles.of(inside))
        .isEqualTo(Doubles.of(MonteCarlo.of(expected).samples(2).outputs(x)));
  }
}
