package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GoldenCase;
import io.bayes4j.core.testing.GoldenCases;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.predict.MonteCarlo;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class BatchNormOptionsTest {
  private static final BatchNormSpec THREE = BatchNormSpec.of(3);
  private static final INDArray IMAGES = Samples.normals(1, 4, 3, 2, 3).muli(2).addi(1);

  static List<GoldenCase> golden() {
    return GoldenCases.of("batch_norm");
  }

  private static BatchNorm layer(GoldenCase golden) {
    BatchNormSpec spec =
        BatchNormSpec.of(golden.in()).withEpsilon(Double.parseDouble(golden.option("epsilon", "")));
    String momentum = golden.option("momentum", "");
    spec =
        momentum.equals("none")
            ? spec.withCumulativeAverage()
            : spec.withMomentum(Double.parseDouble(momentum));
    spec = golden.bias() ? spec : spec.withoutAffine();
    spec = golden.option("tracked", "").equals("true") ? spec : spec.withoutRunningStatistics();
    return switch (golden.tensor("x0").rank()) {
      case 4 -> new BatchNorm2d(spec);
      case 5 -> new BatchNorm3d(spec);
      default -> new BatchNorm1d(spec);
    };
  }

  private static Var input(GoldenCase golden, String name, Layout layout) {
    INDArray x = golden.tensor(name);
    return Var.leaf(x.rank() > 2 ? Samples.in(layout, x) : x);
  }

  @ParameterizedTest
  @MethodSource("golden")
  void agreesWithPytorchsNumbersAfterThreeSteps(GoldenCase golden) {
    for (Layout layout : Layout.values()) {
      BatchNorm layer = layer(golden);
      layer.parameters().forEach((name, parameter) -> parameter.assign(golden.tensor(name)));
      for (String batch : new String[] {"x0", "x1"}) {
        step(layer, input(golden, batch, layout));
      }
      Var x = input(golden, "x2", layout);
      Var y = step(layer, x);

      Doubles.assertClose("y", y.value(), golden.tensor("y"), 2e-5);
      Gradients gradients = Gradients.of(y, golden.tensor("g"));
      Doubles.assertClose("x", gradients.get(x), golden.tensor("grad_x"), 2e-5);
      layer
          .parameters()
          .forEach(
              (name, p) ->
                  Doubles.assertClose(name, gradients.get(p), golden.tensor("grad_" + name), 2e-5));
      Stream.of("running_mean", "running_var")
          .filter(golden::has)
          .forEach(
              name ->
                  Doubles.assertClose(name, layer.buffers().get(name), golden.tensor(name), 2e-5));
      INDArray predicted = layer.forward(input(golden, "x0", layout), Pass.mean()).value();
      Doubles.assertClose("predicted", predicted, golden.tensor("predicted"), 2e-5);
    }
  }

  private static Var step(Layer layer, Var x) {
    Pass pass = Pass.train(Noise.seeded(1));
    Var y = pass.run(layer, x);
    PassControl.commit(pass);
    return y;
  }

  @Test
  void theStateHasPytorchsNames() {
    assertThat(new BatchNorm2d(3).spec()).isEqualTo(THREE);
    assertThat(new BatchNorm2d(3).parameters().keySet()).containsExactly("weight", "bias");
    assertThat(new BatchNorm2d(3).buffers().keySet())
        .containsExactly("running_mean", "running_var");
    assertThat(new BatchNorm2d(THREE.withCumulativeAverage()).buffers().keySet())
        .containsExactly("running_mean", "running_var", "num_batches_tracked");
    BatchNorm2d bare = new BatchNorm2d(THREE.withoutAffine().withoutRunningStatistics());
    assertThat(bare.parameters()).isEmpty();
    assertThat(bare.buffers()).isEmpty();
    BatchNormSpec untracked = THREE.withCumulativeAverage().withoutRunningStatistics();
    assertThat(new BatchNorm2d(untracked).buffers()).isEmpty();
  }

  @Test
  void gradientsEqualFiniteDifferencesWithoutScaleAndShift() {
    BatchNorm2d layer = new BatchNorm2d(THREE.withoutAffine().withEpsilon(1e-2));
    Var x = Var.leaf(IMAGES.dup());
    GradientCheck.of(() -> layer.forward(x, Pass.train(Noise.seeded(1)))).run(x);
    BatchNorm2d untracked = new BatchNorm2d(THREE.withoutRunningStatistics().withEpsilon(1e-2));
    Var[] leaves =
        Stream.concat(Stream.of(x), untracked.parameters().values().stream().map(Parameter::var))
            .toArray(Var[]::new);
    GradientCheck.of(() -> untracked.forward(x, Pass.mean())).run(leaves);
  }

  static Stream<BatchNormSpec> specs() {
    return Stream.of(
        THREE,
        THREE.withoutAffine(),
        THREE.withEpsilon(0.3).withCumulativeAverage(),
        THREE.withoutAffine().withoutRunningStatistics());
  }

  /** Inside a pass that runs the whole chain, the layers are fused; one by one they are not. */
  @ParameterizedTest
  @MethodSource("specs")
  void fusesToTheSameNumbers(BatchNormSpec spec) {
    ConvSpec conv = ConvSpec.conv2d(3, 3, 3).withPadding(1);
    Sequential model =
        Sequential.of(new Conv2d(conv, Init.seeded(1)), new BatchNorm2d(spec), Activation.RELU);
    step(model, Var.constant(IMAGES));
    Noise noise = Noise.seeded(1);
    for (Mode mode : new Mode[] {Mode.TRAIN, Mode.MEAN}) {
      INDArray fused =
          Gradients.off(() -> Pass.of(mode, noise).run(model, Var.constant(IMAGES)).value());
      Var expected = Var.constant(IMAGES);
      for (Slot<?> slot : model.slots()) {
        expected = Var.constant(slot.layer().forward(expected, Pass.of(mode, noise)).value());
      }
      Doubles.assertClose(mode.name(), fused, expected.value(), 1e-5);
    }
  }

  @Test
  void aMomentumOfZeroKeepsTheFirstStatisticsAndOneTakesTheLast() {
    BatchNorm2d still = new BatchNorm2d(THREE.withMomentum(0));
    BatchNorm2d quick = new BatchNorm2d(THREE.withMomentum(1));
    for (BatchNorm2d layer : List.of(still, quick)) {
      step(layer, Var.constant(IMAGES.mul(7)));
      step(layer, Var.constant(IMAGES));
    }
    assertThat(Doubles.of(still.buffers().get("running_mean"))).containsOnly(0);
    assertThat(Doubles.of(still.buffers().get("running_var"))).containsOnly(1);
    Doubles.assertClose("mean", quick.buffers().get("running_mean"), IMAGES.mean(0, 2, 3), 1e-5);
    Doubles.assertClose("variance", quick.buffers().get("running_var"), IMAGES.var(0, 2, 3), 1e-4);
  }

  @Test
  void renewalAveragesBatchesByTheirExamplesWhateverTheMomentum() {
    INDArray small = Samples.normals(2, 2, 3);
    INDArray large = Samples.normals(3, 6, 3).addi(4);
    INDArray mean = small.mean(0).mul(0.25).add(large.mean(0).mul(0.75));
    INDArray variance = small.var(0).mul(0.25).add(large.var(0).mul(0.75));
    for (BatchNormSpec spec :
        List.of(THREE, THREE.withMomentum(0), THREE.withCumulativeAverage())) {
      BatchNorm1d layer = new BatchNorm1d(spec);
      step(layer, Var.constant(large));
      BatchStatistics.renew(layer, List.of(small, large), Noise.seeded(1));
      Doubles.assertClose("mean", layer.buffers().get("running_mean"), mean, 1e-5);
      Doubles.assertClose("variance", layer.buffers().get("running_var"), variance, 1e-5);
      assertThat(BatchStatistics.arrays(layer)).hasSize(2);
    }
    BatchNorm1d cumulative = new BatchNorm1d(THREE.withCumulativeAverage());
    BatchStatistics.renew(cumulative, List.of(small, large), Noise.seeded(1));
    assertThat(cumulative.buffers().get("num_batches_tracked").getLong(0)).isEqualTo(2);
    step(cumulative, Var.constant(small));
    Doubles.assertClose(
        "after training goes on",
        cumulative.buffers().get("running_mean"),
        mean.mul(2).add(small.mean(0)).div(3),
        1e-5);
  }

  /** As many examples as would be cut into pieces if they did not depend on each other. */
  @Test
  void withoutRunningStatisticsAPredictionIsOfTheWholeBatch() {
    INDArray x = Samples.normals(4, 200, 3, 30, 30);
    BatchNorm2d layer = new BatchNorm2d(THREE.withoutRunningStatistics());
    INDArray whole = Gradients.off(() -> layer.forward(Var.constant(x), Pass.mean()).value());
    assertThat(BatchStatistics.ofEveryBatch(layer)).isTrue();
    assertThat(BatchStatistics.ofEveryBatch(new BatchNorm2d(3))).isFalse();
    INDArray predicted = MonteCarlo.atMean(layer).outputs(x).slice(0);
    Doubles.assertClose("whole", predicted, whole, 1e-5);
    INDArray halves = MonteCarlo.atMean(layer).batchSize(100).outputs(x).slice(0);
    assertThat(halves.sub(whole).amaxNumber().doubleValue()).isGreaterThan(1e-4);
    assertThat(halves.mean().getDouble(0)).isCloseTo(0, within(1e-5));
  }

  @Test
  void refusesOptionsThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BatchNormSpec.of(0))
        .withMessage("channels must be > 0, got 0");
    for (double epsilon : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> THREE.withEpsilon(epsilon))
          .withMessage("epsilon must be finite and >= 0, got " + epsilon);
    }
    for (double momentum : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> THREE.withMomentum(momentum))
          .withMessage("momentum must be in [0, 1], got " + momentum);
    }
    assertThat(THREE.withCumulativeAverage().momentum()).isEqualTo(OptionalDouble.empty());
  }

  /** PyTorch's rule: a constant channel would be divided by zero. */
  @Test
  void anEpsilonOfZeroPredictsButDoesNotTrain() {
    BatchNorm2d layer = new BatchNorm2d(THREE.withEpsilon(0));
    Var x = Var.constant(IMAGES);
    assertThat(Doubles.of(layer.forward(x, Pass.mean()).value())).isEqualTo(Doubles.of(IMAGES));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> layer.forward(x, Pass.train(Noise.seeded(1))))
        .withMessageContaining("epsilon must be finite and > 0, got 0.0");
  }
}
