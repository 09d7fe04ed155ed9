package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GoldenCase;
import io.bayes4j.core.testing.GoldenCases;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layer and group normalisation as layers; what they compute is tested with the operations. */
class NormalizationTest {
  private static final Var X = Var.constant(Samples.normals(1, 4, 6));

  static Stream<Layer> layers() {
    return Stream.of(
        new LayerNorm(6),
        new LayerNorm(1e-3, true, 6),
        new GroupNorm(2, 6),
        new GroupNorm(1, 6, 1e-2, true));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void startsAsTheIdentityOfNormalisedNumbersWithPytorchsNames(Layer layer) {
    assertThat(layer.parameters().keySet()).containsExactly("weight", "bias");
    assertThat(Doubles.of(layer.parameters().get("weight").value())).containsOnly(1);
    assertThat(Doubles.of(layer.parameters().get("bias").value())).containsOnly(0);
  }

  static Stream<GoldenCase> golden() {
    return Stream.of("layer_norm", "group_norm").flatMap(kind -> GoldenCases.of(kind).stream());
  }

  private static Layer layer(GoldenCase golden) {
    double epsilon = Double.parseDouble(golden.option("epsilon", ""));
    if (golden.kind().equals("group_norm")) {
      int groups = Integer.parseInt(golden.option("groups", ""));
      return new GroupNorm(groups, golden.in(), epsilon, golden.bias());
    }
    long[] shape = golden.tensor("x").shape();
    int axes = Integer.parseInt(golden.option("axes", ""));
    long[] last = Arrays.copyOfRange(shape, shape.length - axes, shape.length);
    return new LayerNorm(epsilon, golden.bias(), last);
  }

  @ParameterizedTest
  @MethodSource("golden")
  void agreesWithPytorchsNumbers(GoldenCase golden) {
    Layer layer = layer(golden);
    layer.parameters().forEach((name, parameter) -> parameter.assign(golden.tensor(name)));
    for (Layout layout : Layout.values()) {
      INDArray input = golden.tensor("x");
      boolean channelsLast = layout == Layout.CHANNELS_LAST && input.rank() > 2;
      Var x = Var.leaf(channelsLast ? Samples.in(layout, input) : input);
      Var y = layer.forward(x, Pass.mean());
      Doubles.assertClose("y", y.value(), golden.tensor("y"), 1e-5);
      Gradients gradients = Gradients.of(y, golden.tensor("g"));
      Doubles.assertClose("x", gradients.get(x), golden.tensor("grad_x"), 2e-5);
      layer
          .parameters()
          .forEach(
              (name, p) ->
                  Doubles.assertClose(name, gradients.get(p), golden.tensor("grad_" + name), 2e-5));
    }
  }

  @Test
  void everyExampleHasMeanZeroAndVarianceOne() {
    double[] y = Doubles.of(new LayerNorm(6).forward(X, Pass.mean()).value());
    for (int row = 0; row < 4; row++) {
      double[] one = Arrays.copyOfRange(y, 6 * row, 6 * row + 6);
      assertThat(Arrays.stream(one).sum()).isCloseTo(0, within(1e-5));
      assertThat(Arrays.stream(one).map(v -> v * v).sum() / 6).isCloseTo(1, within(1e-3));
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void trainsAsItPredictsAndAnExampleDoesNotSeeTheOthers(Layer layer) {
    INDArray all = layer.forward(X, Pass.train(Noise.seeded(1))).value();
    assertThat(layer.forward(X, Pass.mean()).value()).isEqualTo(all);
    Var one = layer.forward(Ops.slice(X, 0, 2, 3), Pass.mean());
    assertThat(Doubles.of(one.value())).isEqualTo(Arrays.copyOfRange(Doubles.of(all), 12, 18));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsEqualFiniteDifferences(Layer layer) {
    layer.parameters().values().forEach(p -> p.value().addi(Samples.normals(2, 6)));
    Var[] leaves =
        Stream.concat(
                Stream.of(Var.leaf(X.value().dup())),
                layer.parameters().values().stream().map(Parameter::var))
            .toArray(Var[]::new);
    GradientCheck.of(() -> layer.forward(leaves[0], Pass.mean())).run(leaves);
  }

  @Test
  void withoutScaleAndShiftThereAreNoParameters() {
    LayerNorm bare = new LayerNorm(1e-5, false, 6);
    assertThat(bare.parameters()).isEmpty();
    assertThat(bare.forward(X, Pass.mean()).value())
        .isEqualTo(new LayerNorm(6).forward(X, Pass.mean()).value());
    assertThat(new GroupNorm(3, 6, 1e-5, false).parameters()).isEmpty();
    Var leaf = Var.leaf(X.value());
    Gradients gradients = Gradients.of(Ops.sum(Ops.square(bare.forward(leaf, Pass.mean()))));
    assertThat(gradients.reaches(leaf)).isTrue();
  }

  @Test
  void refusesOptionsAndInputsThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(LayerNorm::new)
        .withMessage("shape must be one or more lengths above zero, got []");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LayerNorm(3, 0))
        .withMessageContaining("got [3, 0]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LayerNorm(0.0, true, 3))
        .withMessageContaining("epsilon");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LayerNorm(5).forward(X, Pass.mean()))
        .withMessageContaining("x must end in the shape [5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupNorm(4, 6))
        .withMessage("channels (=6) must be divisible by groups (=4)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupNorm(0, 6))
        .withMessageContaining("groups");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupNorm(2, 6, Double.NaN, true))
        .withMessageContaining("epsilon");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupNorm(2, 4).forward(X, Pass.mean()))
        .withMessage("x must be [N, 4, ...], got shape [4, 6]");
  }
}
