package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;

/**
 * How the mean error falls as the most uncertain examples are left out, beside an oracle that
 * leaves out those of the greatest error.
 *
 * <p>Examples of equal uncertainty leave in random order, of which this is the mean, so that an
 * uncertainty that is the same everywhere gives a flat curve; torch-uncertainty takes them in the
 * order of its sort.
 *
 * <p>Ilg et al., "Uncertainty Estimates and Multi-Hypotheses Networks for Optical Flow", 2018.
 */
public final class SparsificationCurve {
  private final double[] model;
  private final double[] oracle;

  private SparsificationCurve(double[] model, double[] oracle) {
    this.model = model;
    this.oracle = oracle;
  }

  /**
   * The curve of some examples.
   *
   * @param uncertainty one number per example, higher is less sure
   * @param errors how wrong each prediction is, finite and not negative, such as absolute errors
   * @throws IllegalArgumentException if there are no examples, if lengths differ, if an uncertainty
   *     is NaN or an error not finite or negative
   */
  public static SparsificationCurve of(double[] uncertainty, double[] errors) {
    return new UncertaintyRanking().add(uncertainty, errors).sparsification();
  }

  static SparsificationCurve of(ScoredExamples uncertaintyAndError) {
    int[] order = uncertaintyAndError.order();
    double[] uncertainty = new double[order.length];
    double[] errors = new double[order.length];
    for (int i = 0; i < order.length; i++) {
      uncertainty[i] = uncertaintyAndError.get(order[i], 0);
      errors[i] = uncertaintyAndError.get(order[i], 1);
    }
    double[] model = meansOfFirst(uncertainty, errors);
    Arrays.sort(errors);
    return new SparsificationCurve(model, meansOfFirst(errors, errors));
  }

  /** Means of the n, n - 1, ... 1 first errors, those of equal scores being in random order. */
  private static double[] meansOfFirst(double[] scores, double[] errors) {
    double[] means = new double[errors.length];
    double before = 0;
    int start = 0;
    while (start < errors.length) {
      int end = start;
      double sum = 0;
      while (end < errors.length && scores[end] == scores[start]) {
        sum += errors[end++];
      }
      for (int kept = start + 1; kept <= end; kept++) {
        double share = (kept - start) / (double) (end - start);
        means[errors.length - kept] = (before + share * sum) / kept;
      }
      before += sum;
      start = end;
    }
    return means;
  }

  /** Mean errors without the k most uncertain examples, for k from 0 to n - 1. */
  public double[] model() {
    return model.clone();
  }

  /** Mean errors without the k examples of the greatest errors, for k from 0 to n - 1. */
  public double[] oracle() {
    return oracle.clone();
  }

  /**
   * The area between the two, in the unit of the error, by trapezoids over the shares 0, 1 / n,
   * ..., (n - 1) / n that are left out: 0 if the uncertainty sorts as the errors do.
   */
  public double ause() {
    double area = 0;
    for (int k = 1; k < model.length; k++) {
      area += 0.5 * (model[k] - oracle[k] + model[k - 1] - oracle[k - 1]);
    }
    return area / model.length;
  }

  /**
   * {@link #ause} over the mean error of all examples, which torch-uncertainty and many papers
   * report; 0 if there is no error.
   */
  public double normalizedAuse() {
    return model[0] == 0 ? 0 : ause() / model[0];
  }

  /**
   * The mean error when at least a share of the examples is left out.
   *
   * @param share in [0, 1)
   * @throws IllegalArgumentException if the share is not
   */
  public double errorWithout(double share) {
    Require.argument(share >= 0 && share < 1, "share must be in [0, 1), got %s", share);
    return model[Math.min(model.length - 1, (int) Math.ceil(share * model.length))];
  }
}
