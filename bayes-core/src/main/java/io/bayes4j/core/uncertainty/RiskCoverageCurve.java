package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.List;

/** The error rate of a model that answers its least uncertain examples, for every share of them. */
public final class RiskCoverageCurve {
  private final List<Point> points;

  RiskCoverageCurve(List<Point> points) {
    this.points = List.copyOf(points);
  }

  /** One point for each distinct uncertainty, from low to high; the last has coverage 1. */
  public List<Point> points() {
    return points;
  }

  /**
   * The area under the curve, 0 to 1: the mean over examples of the risk at the point where each
   * enters.
   *
   * <p>Geifman, Uziel, El-Yaniv, "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers",
   * 2019.
   */
  public double aurc() {
    double sum = 0;
    int before = 0;
    for (Point point : points) {
      sum += (point.answered() - before) * point.risk();
      before = point.answered();
    }
    return sum / before;
  }

  /**
   * The accuracy among the answered examples at the first point that covers at least the given
   * share of them.
   *
   * @throws IllegalArgumentException if {@code coverage} is not above 0 and at most 1
   */
  public double accuracyAtCoverage(double coverage) {
    Require.argument(coverage > 0 && coverage <= 1, "coverage must be in (0, 1], got %s", coverage);
    return points.stream()
        .filter(point -> point.coverage() >= coverage)
        .findFirst()
        .orElseThrow()
        .accuracy();
  }

  /**
   * What happens when all examples up to one uncertainty are answered.
   *
   * @param uncertainty the greatest uncertainty that is answered
   * @param answered the number of answered examples
   * @param wrong how many of them are wrong
   * @param coverage the share of all examples that is answered
   */
  public record Point(double uncertainty, int answered, int wrong, double coverage) {

    /** The share of the answered examples that is wrong. */
    public double risk() {
      return wrong / (double) answered;
    }

    /** The share of the answered examples that is right. */
    public double accuracy() {
      return (answered - wrong) / (double) answered;
    }
  }
}
