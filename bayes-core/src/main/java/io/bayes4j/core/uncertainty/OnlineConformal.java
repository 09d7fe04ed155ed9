package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.ArrayDeque;

/**
 * A limit that follows a stream whose examples are not exchangeable: after each miss it becomes
 * more careful, after each hit a little bolder (Gibbs, Candès, "Adaptive Conformal Inference Under
 * Distribution Shift", 2021).
 *
 * <p>Whatever the stream, over T steps the share of misses differs from alpha by at most
 * (max(alpha, 1 - alpha) + step) / (step T). Not for several threads at once.
 */
public final class OnlineConformal {
  private final double alpha;
  private final double step;
  private final int window;
  private final ArrayDeque<Double> recent = new ArrayDeque<>();
  private double level;
  private long seen;
  private long missed;

  /**
   * A stream without examples.
   *
   * @param alpha the share of misses to keep to, in (0, 1)
   * @param step how fast to adapt, above 0, such as 0.01
   * @param window how many of the last scores the limit is a quantile of
   * @throws IllegalArgumentException if one of them is out of range
   */
  public OnlineConformal(double alpha, double step, int window) {
    this.alpha = ConformalQuantile.requireAlpha(alpha);
    this.step = Require.positive(step, "step");
    this.window = (int) Require.positive((long) window, "window");
    this.level = alpha;
  }

  /**
   * The limit for the next example: what scores at most this is not ruled out. Infinite while the
   * scores seen are too few or misses too many, negatively infinite after too many hits.
   */
  public double threshold() {
    if (level <= 0) {
      return Double.POSITIVE_INFINITY;
    }
    if (level >= 1) {
      return Double.NEGATIVE_INFINITY;
    }
    double[] scores = recent.stream().mapToDouble(Double::doubleValue).toArray();
    return ConformalQuantile.of(scores, level);
  }

  /**
   * Learns the score of the truth of the example that {@link #threshold()} was used for.
   *
   * @return whether the truth was missed
   * @throws IllegalArgumentException if it is NaN
   */
  public boolean observe(double score) {
    Require.argument(!Double.isNaN(score), "score must be a number, got NaN");
    boolean miss = score > threshold();
    level += step * (alpha - (miss ? 1 : 0));
    recent.addLast(score);
    if (recent.size() > window) {
      recent.removeFirst();
    }
    seen++;
    missed += miss ? 1 : 0;
    return miss;
  }

  /** The share of misses so far; NaN before the first example. */
  public double missRate() {
    return missed / (double) seen;
  }
}
