package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Require;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The mean loss of some examples of a step and its gradients.
 *
 * @param examples their number; 0: the part has none in this step, and all else is empty
 * @param loss mean negative log-likelihood, in nats
 * @param gradients of the loss by path of the parameter, row by row; one that the loss does not
 *     depend on may be missing
 * @param buffers running statistics after the step by path, row by row
 * @param metrics of the loss, means over the examples
 */
public record StepGradients(
    int examples,
    double loss,
    Map<String, float[]> gradients,
    Map<String, float[]> buffers,
    Map<String, Double> metrics) {
  /**
   * Copies the maps, the arrays not.
   *
   * @throws IllegalArgumentException if examples is negative
   */
  public StepGradients {
    Require.notNegative((long) examples, "examples");
    gradients = Map.copyOf(Require.entries(gradients, "gradients"));
    buffers = Map.copyOf(Require.entries(buffers, "buffers"));
    metrics = Map.copyOf(Require.entries(metrics, "metrics"));
  }

  /** A part that has no examples in a step. */
  static StepGradients none() {
    return new StepGradients(0, 0, Map.of(), Map.of(), Map.of());
  }

  /**
   * Those of all examples of a step, of the parts' own: means weighted by the numbers of examples.
   * The order of the parts decides how sums are rounded.
   *
   * @throws IllegalArgumentException if there is no example
   */
  public static StepGradients mean(List<StepGradients> parts) {
    Require.elements(parts, "parts");
    int all = parts.stream().mapToInt(StepGradients::examples).reduce(0, Math::addExact);
    Require.argument(all > 0, "parts must have examples, got none");
    double loss = 0;
    Map<String, Double> metrics = new HashMap<>();
    for (StepGradients part : parts) {
      double share = part.examples / (double) all;
      loss += share * part.loss;
      part.metrics.forEach((name, value) -> metrics.merge(name, share * value, Double::sum));
    }
    return new StepGradients(
        all,
        loss,
        mean(parts, all, StepGradients::gradients),
        mean(parts, all, StepGradients::buffers),
        metrics);
  }

  private static Map<String, float[]> mean(
      List<StepGradients> parts, int all, Function<StepGradients, Map<String, float[]>> rows) {
    Map<String, double[]> sums = new LinkedHashMap<>();
    for (StepGradients part : parts) {
      double share = part.examples / (double) all;
      rows.apply(part).forEach(adding(sums, share));
    }
    Map<String, float[]> means = new LinkedHashMap<>();
    sums.forEach(
        (path, sum) -> {
          float[] mean = new float[sum.length];
          for (int i = 0; i < sum.length; i++) {
            mean[i] = (float) sum[i];
          }
          means.put(path, mean);
        });
    return means;
  }

  private static BiConsumer<String, float[]> adding(Map<String, double[]> sums, double share) {
    return (path, row) -> {
      double[] sum = sums.computeIfAbsent(path, name -> new double[row.length]);
      Require.argument(
          sum.length == row.length,
          "parts must have %s of one length, got %d and %d",
          path,
          sum.length,
          row.length);
      for (int i = 0; i < row.length; i++) {
        sum[i] += share * row[i];
      }
    };
  }
}
