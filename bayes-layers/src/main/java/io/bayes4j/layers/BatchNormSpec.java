package io.bayes4j.layers;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;
import java.util.OptionalDouble;

/**
 * Options of batch normalisation; the defaults are PyTorch's.
 *
 * <pre>{@code BatchNormSpec.of(64).withEpsilon(1e-3).withMomentum(0.01)}</pre>
 *
 * @param channels length of axis 1
 * @param epsilon added to the variance; 0 is for predictions alone
 * @param momentum share of the newest batch in the running statistics; empty if they are the
 *     averages of all batches, each weighing the same
 * @param affine whether there are a scale and a shift for each channel
 * @param runningStatistics whether predictions use statistics averaged over training, rather than
 *     those of the batch that they are made for
 */
@CheckReturnValue
public record BatchNormSpec(
    long channels,
    double epsilon,
    OptionalDouble momentum,
    boolean affine,
    boolean runningStatistics) {
  private static final double EPSILON = 1e-5;
  private static final double MOMENTUM = 0.1;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the option, its value and the rule
   */
  public BatchNormSpec {
    Require.nonNull(momentum, "momentum");
    Require.positive(channels, "channels");
    Require.notNegative(epsilon, "epsilon");
    Require.argument(
        Float.isFinite((float) epsilon), "epsilon must be finite as a float, got %s", epsilon);
    momentum.ifPresent(share -> Require.probability(share, "momentum"));
  }

  /** Epsilon 1e-5 and momentum 0.1, with a scale, a shift and running statistics. */
  public static BatchNormSpec of(long channels) {
    return new BatchNormSpec(channels, EPSILON, OptionalDouble.of(MOMENTUM), true, true);
  }

  /** The same with another number added to the variance. */
  public BatchNormSpec withEpsilon(double number) {
    return new BatchNormSpec(channels, number, momentum, affine, runningStatistics);
  }

  /** The same with another share of the newest batch in the running statistics, in [0, 1]. */
  public BatchNormSpec withMomentum(double share) {
    return new BatchNormSpec(
        channels, epsilon, OptionalDouble.of(share), affine, runningStatistics);
  }

  /**
   * The same with running statistics that are the averages of all batches: PyTorch's {@code
   * momentum=None}. The number of batches is saved with them.
   */
  public BatchNormSpec withCumulativeAverage() {
    return new BatchNormSpec(channels, epsilon, OptionalDouble.empty(), affine, runningStatistics);
  }

  /** The same without a scale and a shift: the layer has no parameters. */
  public BatchNormSpec withoutAffine() {
    return new BatchNormSpec(channels, epsilon, momentum, false, runningStatistics);
  }

  /**
   * The same without running statistics: PyTorch's {@code track_running_stats=False}. A prediction
   * is then made with the statistics of its batch, and depends on the other examples in it.
   */
  public BatchNormSpec withoutRunningStatistics() {
    return new BatchNormSpec(channels, epsilon, momentum, affine, false);
  }
}
