package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class PackedTest {
  private static final Packed PACKED = Packed.of(3, 2, 1);
  private static final int WIDTH = 4; // of a member: 2 * 6 / 3

  private static Layer model() {
    return Sequential.of(
        PACKED.first(5, 6, Init.seeded(1)),
        Activation.TANH,
        PACKED.linear(6, 6, Init.seeded(2)),
        Activation.TANH,
        PACKED.last(6, 2, Init.seeded(3)));
  }

  private static INDArray rows(INDArray all, int from, int to) {
    INDArray part = all.get(NDArrayIndex.interval(from, to));
    return Detached.reshape(Detached.copy(part), part.size(0), part.length() / part.size(0));
  }

  private static INDArray numbers(INDArray all, int from, int to) {
    return Detached.copy(all.get(NDArrayIndex.interval(from, to)));
  }

  /** Each member is the plain network of its groups. */
  @Test
  void isAnEnsembleOfItsGroups() {
    Layer model = model();
    List<Parameter> all = new ArrayList<>(Layers.parameters(model).values());
    INDArray x = Noise.seeded(4).normals(7, 5);
    INDArray outputs = PACKED.predictor(model).outputs(x);
    assertThat(outputs.shape()).containsExactly(3, 7, 2);
    for (int member = 0; member < 3; member++) {
      Layer alone =
          Sequential.of(
              new Linear(5, WIDTH, Init.seeded(1)),
              Activation.TANH,
              new Linear(WIDTH, WIDTH, Init.seeded(1)),
              Activation.TANH,
              new Linear(WIDTH, 2, Init.seeded(1)));
      int at = 0;
      for (Parameter own : Layers.parameters(alone).values()) {
        int size = (int) own.value().size(0);
        INDArray given = all.get(at++).value();
        INDArray part =
            given.rank() == 1
                ? numbers(given, member * size, (member + 1) * size)
                : rows(given, member * size, (member + 1) * size);
        own.assign(part);
      }
      double[] expected = Doubles.of(MonteCarlo.atMean(alone).outputs(x));
      assertThat(Doubles.of(outputs.slice(member))).containsExactly(expected, offset(1e-5));
    }
  }

  @Test
  void theLossIsTheMeanOfTheMembers() {
    Layer model = model();
    INDArray x = Noise.seeded(4).normals(7, 5);
    INDArray labels = Detached.of(new float[] {0, 1, 1, 0, 1, 0, 0}, 7);
    Var output = model.forward(Var.constant(x), Pass.mean());
    double mean = 0;
    INDArray outputs = PACKED.predictor(model).outputs(x);
    for (int member = 0; member < 3; member++) {
      INDArray own = Detached.copy(outputs.slice(member));
      mean += Losses.crossEntropy().of(Var.constant(own), labels).item() / 3;
    }
    assertThat(PACKED.loss(Losses.crossEntropy()).of(output, labels).item())
        .isCloseTo(mean, within(1e-5));
    assertThat(PACKED.loss(Losses.crossEntropy()).metrics(output.value(), labels))
        .isEqualTo(memberMetrics(outputs, labels));
    Var input = Var.leaf(x);
    GradientCheck.of(
            () -> PACKED.loss(Losses.crossEntropy()).of(model.forward(input, Pass.mean()), labels))
        .run(input);
  }

  private static Map<String, Double> memberMetrics(INDArray outputs, INDArray labels) {
    Map<String, Double> means = new LinkedHashMap<>();
    for (int member = 0; member < 3; member++) {
      INDArray own = Detached.copy(outputs.slice(member));
      Losses.crossEntropy()
          .metrics(own, labels)
          .forEach((name, value) -> means.merge(name, value / 3, Double::sum));
    }
    assertThat(means).isNotEmpty();
    return means;
  }

  @Test
  void widthsAreMultiplesOfTheGroups() {
    assertThat(Packed.of(4, 2, 2).width(10)).isEqualTo(24);
    assertThat(Packed.of(4, 2, 1).width(10)).isEqualTo(20);
    // 1.1 * 30 is 33.000000000000004 in doubles.
    assertThat(Packed.of(3, 1.1, 1).width(30)).isEqualTo(33);
    Map<String, ?> weights =
        Layers.parameters(Packed.of(4, 2, 2).conv2d(ConvSpec.conv2d(8, 8, 3), Init.seeded(1)));
    INDArray kernel = ((Parameter) weights.get("weight")).value();
    assertThat(kernel.shape()).containsExactly(16, 2, 3, 3);
  }

  @Test
  void membersLearnAndDisagree() throws IOException {
    INDArray x = Noise.seeded(5).normals(200, 5);
    int[] sides = new int[200];
    for (int i = 0; i < sides.length; i++) {
      sides[i] = x.getFloat(i, 0) > 0 ? 1 : 0;
    }
    Layer model = model();
    Trainer.of(model, PACKED.loss(Losses.crossEntropy()), Dataset.of(x, sides, 2))
        .epochs(40)
        .learningRate(0.02)
        .build()
        .fit();
    Prediction prediction = PACKED.predictor(model).classify(x);
    int right = 0;
    for (int i = 0; i < sides.length; i++) {
      right += prediction.classes()[i] == sides[i] ? 1 : 0;
    }
    assertThat(right).isGreaterThan(185);
    assertThat(prediction.mutualInformation().maxNumber().doubleValue()).isGreaterThan(0.005);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Packed.of(0, 2, 1))
        .withMessageContaining("members");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Packed.of(1 << 20, 2, 1 << 12))
        .withMessageContaining("members times gamma");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> PACKED.firstConv2d(ConvSpec.conv2d(4, 4, 3).withGroups(2), Init.seeded(1)))
        .withMessageContaining("spec must have one group, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                PACKED
                    .predictor(new Linear(2, 4, Init.seeded(1)))
                    .outputs(Noise.seeded(1).normals(2, 2)))
        .withMessageContaining("output must be [N, 3 times outputs]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PACKED.conv2d(ConvSpec.conv2d(4, 4, 1).withGroups(2), Init.seeded(1)))
        .withMessage("spec must have one group, got 2");
  }
}
