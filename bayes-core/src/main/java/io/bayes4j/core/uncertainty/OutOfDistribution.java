package io.bayes4j.core.uncertainty;

/**
 * How well an uncertainty score tells out-of-distribution examples from in-distribution ones.
 *
 * <p>Scores are one number per example, higher is more uncertain, infinite ones allowed; arguments
 * are left unchanged. Scores in an INDArray come from {@code array.toDoubleVector()}. Equal scores
 * are never ordered: they fall on the same side of every threshold.
 *
 * <p>Every function throws {@link IllegalArgumentException} if a group is empty or holds NaN.
 *
 * <p>Hendrycks, Gimpel, "A Baseline for Detecting Misclassified and Out-of-Distribution Examples in
 * Neural Networks", 2017; Liang, Li, Srikant, "Enhancing the Reliability of Out-of-distribution
 * Image Detection in Neural Networks", 2018.
 */
public final class OutOfDistribution {
  private OutOfDistribution() {}

  /**
   * The probability that a random out-of-distribution example scores above a random in-distribution
   * one, a tie counting half: the area under the ROC curve, exact (Mann and Whitney).
   */
  public static double auroc(double[] inDistribution, double[] outOfDistribution) {
    return auroc(counts(inDistribution, outOfDistribution));
  }

  static double auroc(CumulativeCounts counts) {
    double halfWins = 0;
    for (int step = 0; step < counts.steps(); step++) {
      double out = counts.second(step) - counts.second(step - 1);
      halfWins += out * ((double) counts.first(step) + counts.first(step - 1));
    }
    return halfWins / (2.0 * counts.firsts() * counts.seconds());
  }

  /**
   * The area under the precision-recall curve with in-distribution examples, the low scores, as
   * positives: the precision at each threshold, weighted by the recall gained there.
   */
  public static double auprIn(double[] inDistribution, double[] outOfDistribution) {
    return auprIn(counts(inDistribution, outOfDistribution));
  }

  static double auprIn(CumulativeCounts counts) {
    double sum = 0;
    for (int step = 0; step < counts.steps(); step++) {
      int positives = counts.first(step);
      double precision = positives / ((double) positives + counts.second(step));
      sum += (positives - counts.first(step - 1)) * precision;
    }
    return sum / counts.firsts();
  }

  /**
   * The area under the precision-recall curve with out-of-distribution examples, the high scores,
   * as positives: the precision at each threshold, weighted by the recall gained there.
   */
  public static double auprOut(double[] inDistribution, double[] outOfDistribution) {
    return auprOut(counts(inDistribution, outOfDistribution));
  }

  static double auprOut(CumulativeCounts counts) {
    double sum = 0;
    for (int step = counts.steps() - 1; step >= 0; step--) {
      int positives = counts.seconds() - counts.second(step - 1);
      int others = counts.firsts() - counts.first(step - 1);
      double precision = positives / ((double) positives + others);
      sum += (counts.second(step) - counts.second(step - 1)) * precision;
    }
    return sum / counts.seconds();
  }

  /**
   * The share of out-of-distribution examples that pass as in-distribution at the lowest threshold
   * that lets at least 95 % of the in-distribution examples pass (Liang et al.).
   */
  public static double fprAt95Tpr(double[] inDistribution, double[] outOfDistribution) {
    return fprAt95Tpr(counts(inDistribution, outOfDistribution));
  }

  static double fprAt95Tpr(CumulativeCounts counts) {
    int step = 0;
    while (100L * counts.first(step) < 95L * counts.firsts()) {
      step++;
    }
    return counts.second(step) / (double) counts.seconds();
  }

  /**
   * The accuracy of the best threshold if both kinds were equally frequent: the greatest mean of
   * the shares of in-distribution examples at or below it and of the others above it, 0.5 to 1.
   */
  public static double detectionAccuracy(double[] inDistribution, double[] outOfDistribution) {
    return detectionAccuracy(counts(inDistribution, outOfDistribution));
  }

  static double detectionAccuracy(CumulativeCounts counts) {
    double greatest = 0.5;
    for (int step = 0; step < counts.steps(); step++) {
      double in = counts.first(step) / (double) counts.firsts();
      double out = counts.second(step) / (double) counts.seconds();
      greatest = Math.max(greatest, 0.5 * (in + 1 - out));
    }
    return greatest;
  }

  private static CumulativeCounts counts(double[] inDistribution, double[] outOfDistribution) {
    Tensors.checkScores(inDistribution, "inDistribution");
    Tensors.checkScores(outOfDistribution, "outOfDistribution");
    return CumulativeCounts.of(inDistribution, outOfDistribution);
  }
}
