package io.bayes4j.layers.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares with Bayesian-Torch's losses of the same names; see alignment_golden.py. */
class AlignmentGoldenTest {
  private static List<JsonNode> cases(String kind) throws IOException {
    try (InputStream in = AlignmentGoldenTest.class.getResourceAsStream("alignment.json")) {
      List<JsonNode> found = new ArrayList<>();
      new ObjectMapper()
          .readTree(in)
          .forEach(
              node -> {
                if (node.get("kind").asText().equals(kind)) {
                  found.add(node);
                }
              });
      assertThat(found).isNotEmpty();
      return found;
    }
  }

  private static double[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static INDArray tensor(JsonNode golden, String name) {
    JsonNode tensor = golden.get("tensors").get(name);
    long[] shape = Arrays.stream(numbers(tensor.get("shape"))).mapToLong(n -> (long) n).toArray();
    return Samples.array(shape, numbers(tensor.get("data")));
  }

  private static void assertGradient(Var loss, Var x, INDArray expected) {
    double greatest = Arrays.stream(Doubles.of(expected)).map(Math::abs).max().orElseThrow();
    assertThat(Doubles.of(Gradients.of(loss).get(x)))
        .usingComparatorWithPrecision(2e-6 * Math.max(1, greatest))
        .containsExactly(Doubles.of(expected));
  }

  @Test
  void errorAlignedConfidence() throws IOException {
    for (JsonNode golden : cases("eac")) {
      Var error = Var.leaf(tensor(golden, "error"));
      Var confidence = Var.leaf(tensor(golden, "second"));
      double[] limits = numbers(golden.get("thresholds"));
      Var loss = AlignmentLosses.errorAlignedConfidence(error, confidence, limits[0], limits[1]);
      double expected = golden.get("loss").asDouble();
      assertThat(loss.item()).isCloseTo(expected, within(2e-6 * Math.max(1, expected)));
      assertGradient(loss, error, tensor(golden, "grad_error"));
      assertGradient(loss, confidence, tensor(golden, "grad_second"));
    }
  }

  @Test
  void errorAlignedUncertaintyOfTheSameSpreads() throws IOException {
    for (JsonNode golden : cases("eau")) {
      INDArray errors = tensor(golden, "error");
      double[] sigmas = Doubles.of(tensor(golden, "second"));
      int n = sigmas.length;
      double[] outputs = new double[2 * n];
      for (int i = 0; i < n; i++) {
        outputs[2 * i] = Doubles.of(errors)[i];
        outputs[2 * i + 1] = Math.log(Math.expm1(sigmas[i] * sigmas[i] - 1e-6));
      }
      double[] limits = numbers(golden.get("thresholds"));
      Loss loss = AlignmentLosses.errorAlignedUncertainty(limits[0], limits[1]);
      Var output = Var.constant(Samples.array(new long[] {n, 2}, outputs));
      double value = loss.of(output, Samples.array(new long[] {n, 1}, new double[n])).item();
      assertThat(value).isCloseTo(golden.get("loss").asDouble(), within(5e-6));
    }
  }

  @Test
  void accuracyVersusUncertainty() throws IOException {
    for (JsonNode golden : cases("avu")) {
      Var logits = Var.leaf(tensor(golden, "logits"));
      Loss avu =
          AlignmentLosses.accuracyVersusUncertainty(golden.get("thresholds").get(0).asDouble());
      Var loss = avu.of(logits, tensor(golden, "labels"));
      assertThat(loss.item()).isCloseTo(golden.get("loss").asDouble(), within(2e-6));
      assertGradient(loss, logits, tensor(golden, "grad_logits"));
    }
  }

  @Test
  void ofAPredictedConfidenceItIsThatOfItsErrorsAndSigmoids() {
    INDArray output = Samples.array(new long[] {3, 2}, 1, 2, -0.2, 0.5, 3, -1);
    INDArray targets = Samples.array(new long[] {3, 1}, 0.9, 0.4, 1);
    Loss loss = AlignmentLosses.errorAlignedConfidence(0.5, 0.6);
    Var x = Var.leaf(output);
    double[] errors = {0.1, 0.6, 2};
    double[] raw = {2, 0.5, -1};
    double[] confidences = Arrays.stream(raw).map(r -> 1 / (1 + Math.exp(-r))).toArray();
    Var expected =
        AlignmentLosses.errorAlignedConfidence(
            Var.constant(Samples.array(new long[] {3}, errors)),
            Var.constant(Samples.array(new long[] {3}, confidences)),
            0.5,
            0.6);
    assertThat(loss.of(x, targets).item()).isCloseTo(expected.item(), within(1e-6));
    GradientCheck.of(() -> loss.of(x, targets)).run(x);
  }

  @Test
  void refusesWhatIsNoConfidence() {
    Var three = Var.constant(Samples.array(new long[] {3}, 1, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> AlignmentLosses.errorAlignedConfidence(three, Ops.slice(three, 0, 0, 2), 1, 0.5))
        .withMessage("confidence must have the shape [3] of error, got [2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AlignmentLosses.errorAlignedConfidence(1, 1))
        .withMessage("confidenceThreshold must be in (0, 1), got 1.0");
  }
}
