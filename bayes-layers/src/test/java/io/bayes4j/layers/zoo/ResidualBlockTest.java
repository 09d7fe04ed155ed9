package io.bayes4j.layers.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

final class ResidualBlockTest {
  private static final ConvSpec FIRST = conv(2, 4, 3, 2);
  private static final ConvSpec SECOND = conv(4, 4, 3, 1);

  static Stream<LayerFactory> factories() {
    return Stream.of(
        LayerFactory.deterministic(Init.seeded(1)),
        bayesian(Estimator.REPARAMETERIZATION),
        bayesian(Estimator.FLIPOUT));
  }

  @ParameterizedTest
  @MethodSource("factories")
  void basicBlockWithPaddedShortcutHasTheGradientOfFiniteDifferences(LayerFactory layers) {
    checkGradient(
        new ResidualBlock(
            layers, List.of(FIRST, SECOND), "shortcut", new ZeroPaddedShortcut(2, 4, 2)));
  }

  @ParameterizedTest
  @MethodSource("factories")
  void bottleneckWithConvolvedShortcutHasTheGradientOfFiniteDifferences(LayerFactory layers) {
    Layer shortcut = Sequential.of(layers.conv2d(conv(2, 4, 1, 2)), new BatchNorm2d(4));
    List<ConvSpec> specs = List.of(conv(2, 2, 1, 1), conv(2, 2, 3, 2), conv(2, 4, 1, 1));

    checkGradient(new ResidualBlock(layers, specs, "downsample", shortcut));
  }

  @Test
  void addsTheInputBeforeTheLastRelu() {
    ResidualBlock block =
        new ResidualBlock(
            LayerFactory.deterministic(Init.seeded(1)),
            List.of(SECOND, SECOND),
            "shortcut",
            new Identity());
    Layers.parameters(block).get("bn2.weight").value().assign(0);
    INDArray x = Samples.normals(5, 2, 4, 3, 3);

    INDArray y = Gradients.off(() -> Pass.mean().run(block, Var.constant(x)).value());

    assertThat(y.gt(0).any()).isTrue();
    for (int i = 0; i < x.length(); i++) {
      assertThat(y.dup('c').getFloat(i)).isEqualTo(Math.max(0, x.getFloat(i)));
    }
  }

  /**
   * The shifts keep every ReLU's input far from its kink: channels with a shift of 6 pass whole,
   * the others not at all.
   */
  private static void checkGradient(Layer block) {
    Layers.parameters(block)
        .forEach(
            (name, parameter) -> {
              if (name.startsWith("bn") && name.endsWith(".bias")) {
                parameter.value().assign(6);
                parameter.value().putScalar(1, -6);
              }
            });
    Var x = Var.leaf(Samples.normals(2, 2, 2, 4, 4).muli(0.5));
    Var[] leaves =
        Stream.concat(Stream.of(x), Layers.parameters(block).values().stream().map(Parameter::var))
            .toArray(Var[]::new);

    GradientCheck.of(() -> Pass.train(Noise.seeded(4)).run(block, x)).run(leaves);
  }

  private static LayerFactory bayesian(Estimator estimator) {
    return LayerFactory.variational(estimator, VariationalSpec.defaults(), Init.seeded(1));
  }

  private static ConvSpec conv(int in, int out, int kernel, int stride) {
    return ConvSpec.conv2d(in, out, kernel)
        .withStride(stride)
        .withPadding(kernel / 2)
        .withoutBias();
  }
}
