package io.bayes4j.spark;

import java.util.function.ToDoubleFunction;

/**
 * Goes on from where a round began through what its parts have merged, while the loss of all rows
 * falls. Parts that step at the same time each take a part of the step; how long it is all together
 * none of them can know.
 */
final class StepSearch {
  /** The longest step, as a multiple of what was merged. */
  static final int LONGEST = 16;

  private StepSearch() {}

  /**
   * The best of the states that lie once, twice, four times and so on as far from the start as what
   * was merged, up to the first that is no better than the one before. Spreads stay as merged.
   *
   * @param loss of all rows at a state
   */
  static ModelState farthest(
      ModelState start, ModelState merged, ToDoubleFunction<ModelState> loss) {
    ModelState best = merged;
    double least = loss.applyAsDouble(merged);
    for (int factor = 2; factor <= LONGEST; factor *= 2) {
      ModelState farther = merged.beyond(start, factor);
      double there = loss.applyAsDouble(farther);
      // A loss that is not a number is no better.
      if (!(there < least)) {
        return best;
      }
      best = farther;
      least = there;
    }
    return best;
  }
}
