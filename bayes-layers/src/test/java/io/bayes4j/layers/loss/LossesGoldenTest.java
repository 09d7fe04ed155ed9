package io.bayes4j.layers.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares losses with numbers that PyTorch computed in double precision; see losses_golden.py. */
class LossesGoldenTest {
  /** A case. */
  record Golden(JsonNode node) {
    INDArray tensor(String name) {
      JsonNode tensor = node.get("tensors").get(name);
      return tensor == null
          ? null
          : Samples.array(
              StreamSupport.stream(tensor.get("shape").spliterator(), false)
                  .mapToLong(JsonNode::asLong)
                  .toArray(),
              numbers(tensor.get("data")));
    }

    Loss loss() {
      JsonNode config = node.get("config");
      JsonNode weights = config.get("weights");
      boolean given = weights != null && !weights.isNull();
      return switch (node.get("kind").asText()) {
        case "classes" -> {
          CrossEntropy loss = Losses.crossEntropy();
          loss = given ? loss.withClassWeights(numbers(weights)) : loss;
          loss = config.has("smoothing") ? loss.withLabelSmoothing(number("smoothing")) : loss;
          loss = config.has("gamma") ? loss.withFocus(number("gamma")) : loss;
          JsonNode ignored = config.get("ignored");
          yield ignored.isNull() ? loss : loss.withIgnoredLabel(ignored.asInt());
        }
        case "labels" -> {
          BinaryCrossEntropy loss = Losses.binaryCrossEntropy();
          loss = config.has("gamma") ? loss.withFocus(number("gamma")) : loss;
          yield given ? loss.withPositiveWeights(numbers(weights)) : loss;
        }
        case "beta" -> Losses.betaNll(number("beta"));
        case "student" -> Losses.studentT(number("degrees"));
        case "pinball" -> Losses.pinball(numbers(config.get("quantiles")));
        default -> Losses.gaussianNll();
      };
    }

    private double number(String name) {
      return node.get("config").get(name).asDouble();
    }

    /** Whether the value has no part that its gradient leaves out on purpose. */
    boolean isItsIntegral() {
      return !node.get("kind").asText().equals("beta");
    }

    @Override
    public String toString() {
      return node.get("kind").asText() + "/" + node.get("case").asText();
    }
  }

  private static double[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  static List<Golden> cases() throws IOException {
    try (InputStream in = LossesGoldenTest.class.getResourceAsStream("losses.json")) {
      List<Golden> all = new ArrayList<>();
      new ObjectMapper().readTree(in).forEach(node -> all.add(new Golden(node)));
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientAreThoseOfPyTorchSummedOverTheNumberOfExamples(Golden golden) {
    Var x = Var.leaf(golden.tensor("x"));
    Var loss = golden.loss().weighted(x, golden.tensor("targets"), golden.tensor("weights"));
    double expected = golden.node().get("loss").asDouble();
    assertThat(loss.item()).isCloseTo(expected, within(2e-6 * Math.max(1, Math.abs(expected))));
    double[] gradient = Doubles.of(golden.tensor("grad_x"));
    double greatest = Arrays.stream(gradient).map(Math::abs).max().orElseThrow();
    assertThat(Doubles.of(Gradients.of(loss).get(x)))
        .usingComparatorWithPrecision(1e-6 * Math.max(1, greatest))
        .containsExactly(gradient);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsEqualFiniteDifferences(Golden golden) {
    assumeThat(golden.isItsIntegral()).isTrue();
    Var x = Var.leaf(golden.tensor("x"));
    INDArray targets = golden.tensor("targets");
    INDArray weights = golden.tensor("weights");
    GradientCheck.of(() -> golden.loss().weighted(x, targets, weights)).run(x);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void weightsOfOnesChangeNothingAndEachExampleAloneAddsUp(Golden golden) {
    Var x = Var.constant(golden.tensor("x"));
    INDArray targets = golden.tensor("targets");
    INDArray ones = Samples.array(new long[] {x.size(0)}, ones(x.size(0)));
    double plain = golden.loss().of(x, targets).item();
    assertThat(golden.loss().weighted(x, targets, ones).item()).isCloseTo(plain, within(1e-5));
    Loss custom = (output, wanted) -> golden.loss().of(output, wanted);
    INDArray weights = golden.tensor("weights") == null ? ones : golden.tensor("weights");
    assertThat(custom.weighted(x, targets, weights).item())
        .isCloseTo(golden.loss().weighted(x, targets, weights).item(), within(2e-5));
  }

  private static double[] ones(long n) {
    double[] ones = new double[(int) n];
    Arrays.fill(ones, 1);
    return ones;
  }
}
