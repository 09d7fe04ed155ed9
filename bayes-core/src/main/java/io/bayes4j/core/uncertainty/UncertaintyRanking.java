package io.bayes4j.core.uncertainty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;

/**
 * Uncertainties and the errors that they should foretell, of a set that arrives in batches.
 *
 * <p>A ranking needs all examples: two numbers of each are kept, 16 bytes, whatever the draws and
 * classes were. Results are exact and the same, to the last bit, for any order and any way of
 * merging. Not safe for use by several threads: give each its own and merge them.
 */
public final class UncertaintyRanking {
  private final ScoredExamples examples = new ScoredExamples(2);

  /** A ranking without examples. */
  public UncertaintyRanking() {}

  /**
   * Adds examples; those of a call that is refused are not added.
   *
   * @param uncertainty one number per example, higher is less sure
   * @param errors how wrong each prediction is, finite and not negative, such as absolute errors; 0
   *     and 1 for right and wrong
   * @return this
   * @throws IllegalArgumentException if there are no examples, if lengths differ, if an uncertainty
   *     is NaN or an error not finite or negative
   */
  @CanIgnoreReturnValue
  public UncertaintyRanking add(double[] uncertainty, double[] errors) {
    Tensors.checkScores(uncertainty, "uncertainty");
    Require.argument(
        errors != null && errors.length == uncertainty.length,
        "errors must be one per example (%d), got %s",
        uncertainty.length,
        errors == null ? "null" : errors.length);
    for (int i = 0; i < errors.length; i++) {
      Require.argument(
          errors[i] >= 0 && errors[i] <= Double.MAX_VALUE,
          "errors[%d] must be finite and >= 0, got %s",
          i,
          errors[i]);
    }
    for (int i = 0; i < errors.length; i++) {
      examples.add(uncertainty[i], errors[i]);
    }
    return this;
  }

  /**
   * Adds all that another ranking has seen.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public UncertaintyRanking merge(UncertaintyRanking other) {
    Require.nonNull(other, "other");
    examples.add(other.examples);
    return this;
  }

  /** Number of examples so far. */
  public int count() {
    return examples.count();
  }

  /**
   * How the mean error falls as the most uncertain examples are left out.
   *
   * @throws IllegalStateException if there are no examples
   */
  public SparsificationCurve sparsification() {
    requireExamples();
    return SparsificationCurve.of(examples);
  }

  /**
   * The error rate among the answered examples as ever more uncertain ones are answered, an error
   * above 0 being a wrong answer.
   *
   * @throws IllegalStateException if there are no examples
   */
  public RiskCoverageCurve riskCoverage() {
    requireExamples();
    boolean[] correct = new boolean[examples.count()];
    for (int i = 0; i < correct.length; i++) {
      correct[i] = examples.get(i, 1) == 0;
    }
    return SelectivePrediction.riskCoverage(examples.column(0), correct);
  }

  /**
   * Whether uncertainties that are standard deviations are as large as absolute errors are.
   *
   * @param bins their number, at most one for each example
   * @throws IllegalArgumentException if bins is not in [1, examples], or a number not what {@link
   *     SpreadCalibration#of} takes
   * @throws IllegalStateException if there are no examples
   */
  public SpreadCalibration spreadCalibration(int bins) {
    requireExamples();
    return SpreadCalibration.of(examples.column(0), examples.column(1), bins);
  }

  private void requireExamples() {
    Require.state(examples.count() > 0, "a measure needs at least one example, got none");
  }
}
