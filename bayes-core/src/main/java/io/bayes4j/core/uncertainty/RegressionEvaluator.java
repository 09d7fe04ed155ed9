package io.bayes4j.core.uncertainty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Scores of predicted mixtures of Gaussians for a set that arrives in batches.
 *
 * <p>Every number is scored by itself. The scores are the same, to the last bit, for any order of
 * the examples, any cut into batches and any way of merging. Not safe for use by several threads:
 * give each its own and merge them. The likelihood is in {@link RegressionUncertainty#mixtureNll},
 * since it is of all numbers of an example together.
 */
public final class RegressionEvaluator {
  private static final double DEFAULT_LEVEL = 0.9;
  private static final int DEFAULT_QUANTILES = 19;

  private final double level;
  private final long[] below;
  private final OrderFreeSum squares = new OrderFreeSum();
  private final OrderFreeSum sizes = new OrderFreeSum();
  private final OrderFreeSum crps = new OrderFreeSum();
  private final OrderFreeSum width = new OrderFreeSum();
  private final OrderFreeSum outside = new OrderFreeSum();
  private long count;
  private long inside;

  /** An evaluator of intervals of level 0.9 and the quantiles 0.05, 0.1, ... 0.95. */
  public RegressionEvaluator() {
    this(DEFAULT_LEVEL, DEFAULT_QUANTILES);
  }

  /**
   * An evaluator of intervals of a level and of evenly spaced quantiles.
   *
   * @param level the share of targets that a central interval is to hold, in (0, 1)
   * @param quantiles their number Q, at 1 / (Q + 1), ... Q / (Q + 1)
   * @throws IllegalArgumentException if the level is out of range or the number below 1
   */
  public RegressionEvaluator(double level, int quantiles) {
    Require.argument(level > 0 && level < 1, "level must be in (0, 1), got %s", level);
    Require.positive((long) quantiles, "quantiles");
    this.level = level;
    below = new long[quantiles];
  }

  /**
   * Adds a batch; a batch that is refused leaves the evaluator as it was.
   *
   * @param means float32 [samples, batch, outputs]
   * @param variances float32 [samples, batch, outputs], 0 or more
   * @param targets float32 [batch, outputs]
   * @return this
   * @throws IllegalArgumentException if they are not such, or not finite
   */
  @CanIgnoreReturnValue
  public RegressionEvaluator add(INDArray means, INDArray variances, INDArray targets) {
    Samples mean = Samples.outputs(means, "means", Tensors.Bound.NONE);
    Samples variance = Samples.outputs(variances, "variances", Tensors.Bound.NOT_NEGATIVE);
    Tensors.checkSameShape(means, "means", variances, "variances");
    float[] y = Tensors.copyBounded(targets, "targets", Tensors.BATCH_OUTPUTS, Tensors.Bound.NONE);
    Tensors.checkSameShape(means.slice(0), "one sample of means", targets, "targets");
    for (int i = 0; i < y.length; i++) {
      int example = i / mean.width();
      add(GaussianMixture.of(mean, variance, example, i % mean.width()), y[i]);
    }
    return this;
  }

  private void add(GaussianMixture mixture, double target) {
    double error = target - mixture.mean();
    double lower = mixture.quantile((1 - level) / 2);
    double upper = mixture.quantile((1 + level) / 2);
    count++;
    inside += target >= lower && target <= upper ? 1 : 0;
    squares.add(error * error);
    sizes.add(Math.abs(error));
    crps.add(mixture.crps(target));
    width.add(upper - lower);
    outside.add(Math.max(0, Math.max(lower - target, target - upper)));
    double probability = mixture.probabilityUpTo(target);
    for (int q = 0; q < below.length; q++) {
      below[q] += probability <= level(q) ? 1 : 0;
    }
  }

  private double level(int quantile) {
    return (quantile + 1) / (below.length + 1.0);
  }

  /**
   * Adds all that another evaluator has seen, as if its batches had been added here.
   *
   * @return this
   * @throws IllegalArgumentException if the other has another level or number of quantiles
   */
  @CanIgnoreReturnValue
  public RegressionEvaluator merge(RegressionEvaluator other) {
    Require.nonNull(other, "other");
    Require.argument(
        other.level == level && other.below.length == below.length,
        "the other evaluator must have level %s and %d quantiles, got %s and %d",
        level,
        below.length,
        other.level,
        other.below.length);
    for (int q = 0; q < below.length; q++) {
      below[q] += other.below[q];
    }
    count += other.count;
    inside += other.inside;
    squares.add(other.squares);
    sizes.add(other.sizes);
    crps.add(other.crps);
    width.add(other.width);
    outside.add(other.outside);
    return this;
  }

  /**
   * The share of targets at or below each quantile: of an honest model the quantile's level, 1 / (Q
   * + 1), ... Q / (Q + 1) (Kuleshov, Fenner, Ermon, "Accurate Uncertainties for Deep Learning Using
   * Calibrated Regression", 2018). torch-uncertainty looks at central intervals instead.
   *
   * @throws IllegalStateException if there are no examples
   */
  public double[] sharesBelow() {
    requireExamples();
    double[] shares = new double[below.length];
    for (int q = 0; q < shares.length; q++) {
      shares[q] = below[q] / (double) count;
    }
    return shares;
  }

  /**
   * The scores of all examples so far.
   *
   * @throws IllegalStateException if there are none
   */
  public RegressionScores scores() {
    double[] shares = sharesBelow();
    double distance = 0;
    for (int q = 0; q < shares.length; q++) {
      distance += Math.abs(shares[q] - level(q));
    }
    double meanWidth = mean(width);
    IntervalScores intervals =
        new IntervalScores(
            level, inside / (double) count, meanWidth, meanWidth + 2 / (1 - level) * mean(outside));
    return new RegressionScores(
        count,
        Math.sqrt(mean(squares)),
        mean(sizes),
        mean(crps),
        intervals,
        distance / shares.length);
  }

  private double mean(OrderFreeSum sum) {
    return sum.value() / count;
  }

  private void requireExamples() {
    Require.state(count > 0, "scores need at least one example, got none");
  }
}
