package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a model gains by answering only where it is least uncertain.
 *
 * <p>Geifman, El-Yaniv, "Selective Classification for Deep Neural Networks", 2017.
 */
public final class SelectivePrediction {
  private SelectivePrediction() {}

  /**
   * The error rate among the answered examples as ever more uncertain ones are answered.
   *
   * <p>Examples of equal uncertainty enter together.
   *
   * @param uncertainty one number per example, higher is less sure
   * @param correct whether the model is right about each example
   * @throws IllegalArgumentException if there are no examples, if the lengths differ, or if an
   *     uncertainty is NaN
   */
  public static RiskCoverageCurve riskCoverage(double[] uncertainty, boolean[] correct) {
    Require.nonNull(correct, "correct");
    Tensors.checkScores(uncertainty, "uncertainty");
    Require.argument(
        correct.length == uncertainty.length,
        "correct must be one per example (%d), got %d",
        uncertainty.length,
        correct.length);
    CumulativeCounts counts =
        CumulativeCounts.of(where(uncertainty, correct, true), where(uncertainty, correct, false));
    List<RiskCoverageCurve.Point> points = new ArrayList<>();
    for (int step = 0; step < counts.steps(); step++) {
      int wrong = counts.second(step);
      int answered = counts.first(step) + wrong;
      points.add(
          new RiskCoverageCurve.Point(
              counts.score(step), answered, wrong, answered / (double) uncertainty.length));
    }
    return new RiskCoverageCurve(points);
  }

  /**
   * The curve of {@link #riskCoverage(double[], boolean[])} for float32 uncertainties of shape
   * [batch].
   *
   * @throws IllegalArgumentException also if the array is not float32 of rank 1
   */
  public static RiskCoverageCurve riskCoverage(INDArray uncertainty, boolean[] correct) {
    return riskCoverage(Tensors.copyScores(uncertainty, "uncertainty"), correct);
  }

  private static double[] where(double[] values, boolean[] flags, boolean wanted) {
    double[] chosen = new double[values.length];
    int size = 0;
    for (int i = 0; i < values.length; i++) {
      if (flags[i] == wanted) {
        chosen[size++] = values[i];
      }
    }
    return Arrays.copyOf(chosen, size);
  }
}
