package io.bayes4j.layers;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What has been drawn, the arena whose scope it lives in, null for whatever scope it is drawn in,
 * and what is made of it.
 */
final class PassDraws {
  private final IdentityHashMap<Object, Object> made = new IdentityHashMap<>();

  /** How many keys were drawn at a path. */
  private final Map<String, Integer> keys = new HashMap<>();

  private final @Nullable Arena arena;
  private final DerivedWeights kernels;

  PassDraws(@Nullable Arena arena, DerivedWeights kernels) {
    this.arena = arena;
    this.kernels = kernels;
  }

  /** What is made of the draws, and of parameters. */
  DerivedWeights kernels() {
    return kernels;
  }

  PassDraws anew() {
    return new PassDraws(arena, kernels);
  }

  /**
   * Passes on several threads may share draws that are kept in an arena: they ask for the keys of a
   * path in the same order.
   */
  synchronized Object once(Object key, Noise noise, String path, Function<Noise, ?> draw) {
    Object drawn = made.get(key);
    if (drawn == null) {
      Noise here = Pass.numbered(noise.split(path), keys, path);
      drawn =
          Plan.off(
              () ->
                  kernels.drawing(
                      () ->
                          arena == null ? draw.apply(here) : arena.adopt(() -> draw.apply(here))));
      made.put(key, drawn);
    }
    return drawn;
  }
}
