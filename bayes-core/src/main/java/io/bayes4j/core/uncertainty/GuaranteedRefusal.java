package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.Comparator;

/**
 * A limit of uncertainty below which a classifier may answer, with a guarantee on its mistakes.
 *
 * <p>A threshold that kept, say, 99 % of validation answers right promises nothing: it was chosen
 * for looking good. These limits hold for later examples that are exchangeable with the held-out
 * ones.
 *
 * <p>All functions take one uncertainty for each held-out example, any score that is higher the
 * less sure the model is, and whether its answer is right; they throw {@link
 * IllegalArgumentException} if lengths differ, there is no example, or a score is NaN. Answer a
 * later example if its score is strictly below the limit; a limit of negative infinity answers
 * none.
 *
 * @param limit answer below it, strictly
 * @param coverage share of the held-out examples that are answered
 * @param risk what is guaranteed: see the function that made it
 */
public record GuaranteedRefusal(double limit, double coverage, double risk) {
  private static final int HALVINGS = 100;

  /**
   * A limit.
   *
   * @throws IllegalArgumentException if the limit is NaN, the coverage not in [0, 1] or the risk
   *     not in (0, 1)
   */
  public GuaranteedRefusal {
    Require.argument(!Double.isNaN(limit), "limit must be a number, got NaN");
    Require.probability(coverage, "coverage");
    requireRisk(risk);
  }

  /**
   * The highest limit at which, with a given confidence, at most a share of the <em>answers</em> is
   * wrong (Geifman, El-Yaniv, "Selective Classification for Deep Neural Networks", 2017: selection
   * with guaranteed risk).
   *
   * @param risk the greatest share of wrong answers among later answers, in (0, 1)
   * @param confidence probability, over held-out sets, that the promise is kept, in (0, 1)
   */
  public static GuaranteedRefusal wrongAnswersAtMost(
      double risk, double confidence, double[] uncertainty, boolean[] correct) {
    requireRisk(risk);
    Require.argument(
        confidence > 0 && confidence < 1, "confidence must be in (0, 1), got %s", confidence);
    Ranked ranked = Ranked.of(uncertainty, correct);
    int n = uncertainty.length;
    int steps = Math.max(1, (int) Math.ceil(Math.log(n) / Math.log(2)));
    double failure = (1 - confidence) / steps;
    int least = 0;
    int most = n;
    int chosen = 0;
    // Each step is one test; their failures add up to 1 - confidence.
    for (int step = 0; step < steps && least < most; step++) {
      int middle = (least + most + 1) / 2;
      int answered = ranked.withoutTies(middle);
      if (answered > 0 && upperBound(ranked.errors[answered], answered, failure) <= risk) {
        chosen = Math.max(chosen, answered);
        least = middle;
      } else {
        most = middle - 1;
      }
    }
    return ranked.refusal(chosen, risk);
  }

  /**
   * The highest limit at which at most a share of <em>all examples</em> gets a wrong answer, in
   * expectation (Angelopoulos, Bates, Fisch, Lei, Schuster, "Conformal Risk Control", 2024).
   *
   * @param risk the greatest share of later examples that are answered wrongly, in (0, 1)
   */
  public static GuaranteedRefusal wrongExamplesAtMost(
      double risk, double[] uncertainty, boolean[] correct) {
    requireRisk(risk);
    Ranked ranked = Ranked.of(uncertainty, correct);
    int n = uncertainty.length;
    // One more example could be wrong: (errors + 1) / (n + 1) <= risk.
    long allowed = n + 1L - ConformalQuantile.rank(n, risk) - 1;
    int chosen = 0;
    for (int answered = 1; answered <= n; answered++) {
      if (ranked.errors[answered] <= allowed && ranked.withoutTies(answered) == answered) {
        chosen = answered;
      }
    }
    return ranked.refusal(allowed < 0 ? 0 : chosen, risk);
  }

  private static void requireRisk(double risk) {
    Require.argument(risk > 0 && risk < 1, "risk must be in (0, 1), got %s", risk);
  }

  /** Whether to answer an example of some uncertainty. */
  public boolean answers(double uncertainty) {
    Require.argument(!Double.isNaN(uncertainty), "uncertainty must be a number, got NaN");
    return uncertainty < limit;
  }

  /**
   * The least share of errors that is refuted by so few errors: the upper end of the one-sided
   * interval of Clopper and Pearson (1934).
   */
  static double upperBound(int errors, int answers, double failure) {
    if (errors == answers) {
      return 1;
    }
    double low = errors / (double) answers;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = 0.5 * (low + high);
      if (atMost(errors, answers, middle) > failure) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** Probability of at most so many errors in independent answers. */
  private static double atMost(int errors, int answers, double p) {
    double logTerm = answers * Math.log1p(-p);
    double sum = Math.exp(logTerm);
    for (int k = 1; k <= errors; k++) {
      logTerm += Math.log((double) answers - k + 1) - Math.log(k) + Math.log(p) - Math.log1p(-p);
      sum += Math.exp(logTerm);
    }
    return sum;
  }

  /** Examples by rising uncertainty. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Ranked(double[] sorted, int[] errors) {
    static Ranked of(double[] uncertainty, boolean[] correct) {
      Tensors.checkScores(uncertainty, "uncertainty");
      Require.argument(
          correct != null && correct.length == uncertainty.length,
          "correct must be one per example (%d), got %s",
          uncertainty.length,
          correct == null ? "null" : correct.length);
      Integer[] order = new Integer[uncertainty.length];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, Comparator.comparingDouble((Integer i) -> uncertainty[i]));
      double[] sorted = new double[order.length];
      int[] errors = new int[order.length + 1];
      for (int i = 0; i < order.length; i++) {
        sorted[i] = uncertainty[order[i]];
        errors[i + 1] = errors[i] + (correct[order[i]] ? 0 : 1);
      }
      return new Ranked(sorted, errors);
    }

    /** The most examples, up to some, that a limit can tell from the others. */
    int withoutTies(int answered) {
      int fewer = answered;
      while (fewer > 0 && fewer < sorted.length && sorted[fewer - 1] == sorted[fewer]) {
        fewer--;
      }
      return fewer;
    }

    GuaranteedRefusal refusal(int answered, double risk) {
      double limit = Double.NEGATIVE_INFINITY;
      if (answered == sorted.length) {
        limit = Double.POSITIVE_INFINITY;
      } else if (answered > 0) {
        limit = sorted[answered];
      }
      return new GuaranteedRefusal(limit, answered / (double) sorted.length, risk);
    }
  }
}
