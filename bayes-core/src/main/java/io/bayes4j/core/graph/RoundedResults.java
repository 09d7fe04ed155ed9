package io.bayes4j.core.graph;

import java.util.IdentityHashMap;
import java.util.List;

/**
 * Which results of a plan are kept as 8-bit numbers: those that a product of 8-bit numbers computes
 * and only such products read, directly or through operations that pick numbers out, all of them
 * rounding it alike. What else is read stays in floats.
 */
final class RoundedResults {
  private final IdentityHashMap<Var, Wish> wishes = new IdentityHashMap<>();

  /** Tells the steps, in whose order each result is behind all that it reads. */
  void choose(List<Var> steps, Var target) {
    wishes.put(target, Wish.FLOATS);
    for (int step = steps.size() - 1; step >= 0; step--) {
      Var result = steps.get(step);
      Wish wish = wishes.getOrDefault(result, Wish.FLOATS);
      wish.quantum().ifPresent(result.held()::roundTo);
      for (Var read : result.held().reads()) {
        wishes.merge(read, result.held().wish(read, wish), Wish::and);
      }
    }
  }
}
