package io.bayes4j.layers.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

final class ResNetTest {
  @ParameterizedTest
  @CsvSource({"20, 269722", "32, 464154", "44, 658586", "56, 853018", "110, 1727962"})
  void cifarNetworksHaveTheKnownNumberOfParameters(int depth, long expected) {
    Counter counter = new Counter();

    Layer model = Zoo.cifarResNet(counter, depth, 10);

    assertThat(counter.weights + Layers.parameterCount(model)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"18, 11689512", "34, 21797672", "50, 25557032", "101, 44549160", "152, 60192808"})
  void imageNetNetworksHaveTheNumberOfParametersOfTorchvision(int depth, long expected) {
    Counter counter = new Counter();

    Layer model = Zoo.imageNetResNet(counter, depth, 1000);

    assertThat(counter.weights + Layers.parameterCount(model)).isEqualTo(expected);
    assertThat(counter.layers).isEqualTo(depth + 4 - (depth < 50 ? 1 : 0));
  }

  @Test
  void statesHaveTheNamesOfThePyTorchModels() throws IOException {
    Layer resnet20 = Zoo.cifarResNet(plain(), 20, 10);
    Layer resnet18 = Zoo.imageNetResNet(plain(), 18, 1000);

    assertThat(StateDict.of(resnet20).keySet())
        .containsExactlyElementsOf(lines("resnet20-names.txt"));
    assertThat(StateDict.of(resnet18).keySet())
        .containsExactlyElementsOf(lines("resnet18-names.txt"));
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 32, 44, 56, 110})
  void cifarNetworksMapImagesToLogits(int depth) {
    assertLogits(Zoo.cifarResNet(plain(), depth, 10), 32, 10);
  }

  @ParameterizedTest
  @ValueSource(ints = {18, 50})
  void imageNetNetworksMapImagesToLogits(int depth) {
    assertLogits(Zoo.imageNetResNet(plain(), depth, 7), 64, 7);
  }

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void bayesianNetworksDrawDifferentLogitsForDifferentNoise(Estimator estimator) {
    INDArray images = Samples.normals(3, 2, 3, 32, 32);
    for (Layer model :
        List.of(
            Zoo.cifarResNet(bayesian(estimator), 20, 10),
            Zoo.imageNetResNet(bayesian(estimator), 18, 10))) {
      INDArray first = forward(model, images, Pass.sample(Noise.seeded(1)));
      INDArray again = forward(model, images, Pass.sample(Noise.seeded(1)));
      INDArray other = forward(model, images, Pass.sample(Noise.seeded(2)));

      assertThat(first.shape()).containsExactly(2, 10);
      assertThat(first.toFloatMatrix()).isDeepEqualTo(again.toFloatMatrix());
      assertThat(first.equalsWithEps(other, 1e-3)).isFalse();
      assertThat(first.isNaN().any() || first.isInfinite().any()).isFalse();
    }
  }

  @Test
  void refusesDepthsThatDoNotExist() {
    assertThatThrownBy(() -> Zoo.cifarResNet(plain(), 21, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("depth must be 6 n + 2 with n of at least 1, got 21");
    assertThatThrownBy(() -> Zoo.cifarResNet(plain(), 2, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 2");
    assertThatThrownBy(() -> Zoo.imageNetResNet(plain(), 20, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("depth must be 18, 34, 50, 101 or 152, got 20");
    assertThatThrownBy(() -> Zoo.imageNetResNet(plain(), 18, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("classes must be > 0, got 0");
  }

  private static void assertLogits(Layer model, int side, int classes) {
    INDArray logits = forward(model, Samples.normals(3, 2, 3, side, side), Pass.mean());

    assertThat(logits.shape()).containsExactly(2, classes);
    assertThat(logits.isNaN().any() || logits.isInfinite().any()).isFalse();
  }

  private static INDArray forward(Layer model, INDArray x, Pass pass) {
    return Gradients.off(() -> pass.run(model, Var.constant(x)).value());
  }

  private static LayerFactory plain() {
    return LayerFactory.deterministic(Init.seeded(1));
  }

  private static LayerFactory bayesian(Estimator estimator) {
    return LayerFactory.variational(estimator, VariationalSpec.defaults(), Init.seeded(1));
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = ResNetTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** Counts weights without making them: the largest network has 240 MB of them. */
  private static final class Counter implements LayerFactory {
    private long weights;
    private int layers;

    @Override
    public Layer linear(long inputs, long units) {
      weights += inputs * units + units;
      layers++;
      return new Identity();
    }

    @Override
    public Layer conv2d(ConvSpec spec) {
      long perUnit = spec.inChannels() * spec.kernel().get(0) * spec.kernel().get(1);
      weights += spec.outChannels() * perUnit + (spec.bias() ? spec.outChannels() : 0);
      layers++;
      return new Identity();
    }
  }
}
