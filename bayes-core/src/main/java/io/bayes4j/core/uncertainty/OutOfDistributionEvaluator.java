package io.bayes4j.core.uncertainty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;

/**
 * {@link OutOfDistribution} for scores that arrive in batches.
 *
 * <p>Scores are one number per example, higher is more uncertain; each is kept, in 8 bytes, and the
 * measures are exact. Not safe for use by several threads: give each its own and merge them.
 */
public final class OutOfDistributionEvaluator {
  private final ScoredExamples in = new ScoredExamples(1);
  private final ScoredExamples out = new ScoredExamples(1);

  /** An evaluator without scores. */
  public OutOfDistributionEvaluator() {}

  /**
   * Adds scores of in-distribution examples.
   *
   * @return this
   * @throws IllegalArgumentException if there are none, or one is NaN
   */
  @CanIgnoreReturnValue
  public OutOfDistributionEvaluator addIn(double[] scores) {
    return add(in, scores);
  }

  /**
   * Adds scores of out-of-distribution examples.
   *
   * @return this
   * @throws IllegalArgumentException if there are none, or one is NaN
   */
  @CanIgnoreReturnValue
  public OutOfDistributionEvaluator addOut(double[] scores) {
    return add(out, scores);
  }

  private OutOfDistributionEvaluator add(ScoredExamples group, double... scores) {
    Tensors.checkScores(scores, "scores");
    for (double score : scores) {
      group.add(score);
    }
    return this;
  }

  /**
   * Adds all that another evaluator has seen.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public OutOfDistributionEvaluator merge(OutOfDistributionEvaluator other) {
    Require.nonNull(other, "other");
    in.add(other.in);
    out.add(other.out);
    return this;
  }

  /**
   * All measures of the scores so far.
   *
   * @throws IllegalStateException if one of the groups is empty
   */
  public OutOfDistributionScores scores() {
    Require.state(
        in.count() > 0 && out.count() > 0,
        "scores of both kinds are needed, got %d in distribution and %d out",
        in.count(),
        out.count());
    CumulativeCounts counts = CumulativeCounts.of(in.column(0), out.column(0));
    return new OutOfDistributionScores(
        in.count(),
        out.count(),
        OutOfDistribution.auroc(counts),
        OutOfDistribution.auprIn(counts),
        OutOfDistribution.auprOut(counts),
        OutOfDistribution.fprAt95Tpr(counts),
        OutOfDistribution.detectionAccuracy(counts));
  }
}
