package io.bayes4j.core.internal;

import java.util.function.DoubleUnaryOperator;

/**
 * Finds where a function of one number is greatest: the best of a grid, then golden-section search
 * between its neighbours.
 */
public final class GridSearch {
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final int GOLDEN_STEPS = 40;

  private GridSearch() {}

  /**
   * The place of the greatest value between two numbers.
   *
   * @param points of the grid, the two numbers among them
   */
  public static double greatest(DoubleUnaryOperator height, double least, double most, int points) {
    Require.nonNull(height, "height");
    Require.argument(most > least, "most must be > least (=%s), got %s", least, most);
    Require.argument(points >= 2, "points must be >= 2, got %d", points);
    double step = (most - least) / (points - 1);
    double best = least;
    double highest = height.applyAsDouble(best);
    for (int i = 1; i < points; i++) {
      double candidate = least + i * step;
      double candidateHeight = height.applyAsDouble(candidate);
      if (candidateHeight > highest) {
        best = candidate;
        highest = candidateHeight;
      }
    }
    return between(height, Math.max(least, best - step), Math.min(most, best + step));
  }

  private static double between(DoubleUnaryOperator height, double from, double to) {
    double low = from;
    double high = to;
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double leftHeight = height.applyAsDouble(left);
    double rightHeight = height.applyAsDouble(right);
    for (int i = 0; i < GOLDEN_STEPS; i++) {
      if (leftHeight > rightHeight) {
        high = right;
        right = left;
        rightHeight = leftHeight;
        left = high - GOLDEN * (high - low);
        leftHeight = height.applyAsDouble(left);
      } else {
        low = left;
        left = right;
        leftHeight = rightHeight;
        right = low + GOLDEN * (high - low);
        rightHeight = height.applyAsDouble(right);
      }
    }
    return (low + high) / 2;
  }
}
