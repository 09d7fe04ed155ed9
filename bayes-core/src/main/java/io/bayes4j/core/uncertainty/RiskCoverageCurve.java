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
   * enters. torch-uncertainty integrates by trapezoids between the first example and the last.
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
   * The area above that of an oracle which answers all wrong examples last: 0 is the best that an
   * uncertainty can do for this model (Geifman, Uziel, El-Yaniv 2019). Their approximation of the
   * oracle's area, r + (1 - r) log(1 - r), is not used: its finite sum is.
   */
  public double excessAurc() {
    Point all = points.get(points.size() - 1);
    int right = all.answered() - all.wrong();
    double oracle = 0;
    for (int wrong = 1; wrong <= all.wrong(); wrong++) {
      oracle += wrong / ((double) right + wrong);
    }
    return aurc() - oracle / all.answered();
  }

  /**
   * The area under the generalized risk, the share of <em>all</em> examples that is answered and
   * wrong, over coverage by trapezoids from (0, 0) on: 0 to 0.5 (Traub et al., "Overcoming Common
   * Flaws in the Evaluation of Selective Classification Systems", 2024). It is the probability that
   * of two random examples, drawn with replacement, the first is wrong and answered before the
   * second, ties counting half. {@link #aurc} instead gives the first few answers most of the
   * weight.
   *
   * <p>torch-uncertainty integrates from the first example on and divides by 1 - 1 / n.
   */
  public double augrc() {
    double all = points.get(points.size() - 1).answered();
    double area = 0;
    Point before = new Point(Double.NEGATIVE_INFINITY, 0, 0, 0);
    for (Point point : points) {
      double step = (point.answered() - before.answered()) / all;
      area += step * 0.5 * (point.wrong() + before.wrong()) / all;
      before = point;
    }
    return area;
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
