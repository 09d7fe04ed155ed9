package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.train.Dataset;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Numbers of laplace-torch, made by the script beside the file that holds them. */
class LaplaceGoldenTest {
  private static final JsonNode GOLDEN = golden();

  private static JsonNode golden() {
    try (InputStream in = LaplaceGoldenTest.class.getResourceAsStream("laplace-torch.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double[] numbers(JsonNode node) {
    double[] numbers = new double[node.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = node.get(i).asDouble();
    }
    return numbers;
  }

  private static INDArray array(JsonNode node, long... shape) {
    return Matrices.floats(numbers(node), shape);
  }

  private static void assertClose(String name, INDArray actual, double[] expected, double bound) {
    double[] numbers = Matrices.doubles(actual);
    assertThat(numbers).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(numbers[i])
          .as("%s, element %d", name, i)
          .isCloseTo(expected[i], within(bound * (1 + Math.abs(expected[i]))));
    }
  }

  /** A case of the file, fitted. */
  private static final class Case {
    final JsonNode node;
    final int classes = GOLDEN.get("classes").asInt();
    final boolean classifies;
    final INDArray test;
    final LastLayerLaplace laplace;

    Case(int number) {
      node = GOLDEN.get("cases").get(number);
      int features = GOLDEN.get("features").asInt();
      int examples = GOLDEN.get("examples").asInt();
      classifies = node.get("likelihood").asText().equals("classification");
      test = array(node.get("test"), 6, features);
      boolean bias = node.get("bias").asBoolean();
      Linear layer = new Linear(features, classes, bias, Init.seeded(1));
      INDArray weight = array(node.get("weight"), classes, features);
      layer.parameters().get("weight").value().assign(weight);
      if (bias) {
        layer.parameters().get("bias").value().assign(array(node.get("biases"), classes));
      }
      INDArray x = array(node.get("x"), examples, features);
      double[] y = numbers(node.get("y"));
      int[] labels = IntStream.range(0, examples).map(n -> (int) y[n % y.length]).toArray();
      Dataset data =
          classifies
              ? Dataset.of(x, labels, classes)
              : Dataset.of(x, array(node.get("y"), examples, classes));
      Likelihood likelihood =
          classifies ? Likelihood.classes() : Likelihood.gaussian(GOLDEN.get("noise").asDouble());
      String kind = node.get("covariance").asText().toUpperCase(Locale.ROOT);
      LaplaceCovariance covariance =
          switch (kind) {
            case "KRON" -> LaplaceCovariance.KRONECKER;
            case "DIAG" -> LaplaceCovariance.DIAGONAL;
            default -> LaplaceCovariance.FULL;
          };
      laplace = LastLayerLaplace.fit(layer, data, likelihood, covariance);
    }

    LastLayerLaplace atTheirPrecision() {
      return laplace.priorPrecision(GOLDEN.get("priorPrecision").asDouble());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void momentsOfTheOutputsAreThose(int number) {
    Case golden = new Case(number);
    LastLayerLaplace laplace = golden.atTheirPrecision();
    double[] covariance = numbers(golden.node.get("outputCovariance"));
    assertClose("covariance", laplace.covariance(golden.test), covariance, 1e-5);
    int k = golden.classes;
    double[] variance =
        IntStream.range(0, 6 * k).mapToDouble(i -> covariance[i * k + i % k]).toArray();
    assertClose("variance", laplace.variance(golden.test), variance, 1e-5);
    assertClose(
        "mean",
        laplace.priorPrecision(1e12).samples(1).outputs(golden.test),
        numbers(golden.node.get("mean")),
        1e-4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void evidenceAndItsBestPriorAreThose(int number) {
    Case golden = new Case(number);
    double evidence = golden.node.get("logMarginalLikelihood").asDouble();
    assertThat(golden.atTheirPrecision().logMarginalLikelihood())
        .isCloseTo(evidence, within(1e-5 * Math.abs(evidence)));
    double best = golden.node.get("bestLogPrecision").asDouble();
    assertThat(Math.log(golden.laplace.priorPrecision())).isCloseTo(best, within(1e-4));
  }

  /** Our probit leaves out shifts of all logits; theirs is ours with the variances as they are. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void probabilitiesAreThose(int number) {
    Case golden = new Case(number);
    LastLayerLaplace laplace = golden.atTheirPrecision();
    int k = golden.classes;
    int samples = 5_000;
    // The standard deviation of a probability is at most one half, ours and theirs are sampled.
    assertClose(
        "mean of draws",
        laplace.samples(samples).classify(golden.test).mean(),
        numbers(golden.node.get("sampled")),
        5 * 0.5 / Math.sqrt(samples));
    double[] covariance = numbers(golden.node.get("outputCovariance"));
    double[] mean = numbers(golden.node.get("mean"));
    double[] theirs = new double[6 * k];
    double[] ours = new double[6 * k];
    for (int n = 0; n < 6; n++) {
      for (int i = 0; i < k; i++) {
        double own = covariance[(n * k + i) * k + i];
        theirs[n * k + i] = mean[n * k + i] / Math.sqrt(1 + Math.PI / 8 * own);
        double centred = centred(covariance, n, i, k) * k / (k - 1);
        ours[n * k + i] = mean[n * k + i] / Math.sqrt(1 + Math.PI / 8 * centred);
      }
    }
    assertClose("their probit", softmax(theirs, k), numbers(golden.node.get("probit")), 1e-5);
    assertClose(
        "our probit",
        laplace.probit().classify(golden.test).mean(),
        Matrices.doubles(softmax(ours, k)),
        1e-5);
  }

  /** Variance of a logit less the mean of all. */
  private static double centred(double[] covariance, int n, int i, int k) {
    double sum = 0;
    for (int a = 0; a < k; a++) {
      for (int b = 0; b < k; b++) {
        double first = (a == i ? 1 : 0) - 1.0 / k;
        double second = (b == i ? 1 : 0) - 1.0 / k;
        sum += first * second * covariance[(n * k + a) * k + b];
      }
    }
    return sum;
  }

  private static INDArray softmax(double[] logits, int k) {
    double[] p = new double[logits.length];
    for (int n = 0; n < p.length / k; n++) {
      double sum = 0;
      for (int i = n * k; i < (n + 1) * k; i++) {
        sum += Math.exp(logits[i]);
      }
      for (int i = n * k; i < (n + 1) * k; i++) {
        p[i] = Math.exp(logits[i]) / sum;
      }
    }
    return Nd4j.createFromArray(p).castTo(org.nd4j.linalg.api.buffer.DataType.FLOAT);
  }
}
