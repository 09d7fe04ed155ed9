package io.bayes4j.layers.io;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import java.util.Map;
import java.util.function.BiConsumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the numbers of a state must be like, beside its shapes: parameters and running means finite,
 * running variances also not negative, counters not negative. With others, predictions would go
 * wrong only later, and elsewhere.
 */
final class ValueRules {
  private ValueRules() {}

  /**
   * Finds what is wrong with the numbers; arrays that are missing are not looked for.
   *
   * @param problems is given the name of an array and the rule that it breaks
   */
  static void check(Layer model, Map<String, INDArray> state, BiConsumer<String, String> problems) {
    for (Layers.Located place : Layers.of(model)) {
      for (String name : place.layer().parameters().keySet()) {
        requireFinite(place.child(name), state, problems);
      }
      if (place.layer() instanceof BatchNorm) {
        requireFinite(place.child("running_mean"), state, problems);
        requireSpread(place.child("running_var"), state, problems);
        requireCount(place.child("num_batches_tracked"), state, problems);
      }
    }
  }

  private static void requireFinite(
      String name, Map<String, INDArray> state, BiConsumer<String, String> problems) {
    check(name, state, Float.NEGATIVE_INFINITY, "finite", problems);
  }

  private static void requireSpread(
      String name, Map<String, INDArray> state, BiConsumer<String, String> problems) {
    check(name, state, 0, "finite and >= 0", problems);
  }

  private static void check(
      String name,
      Map<String, INDArray> state,
      float least,
      String rule,
      BiConsumer<String, String> problems) {
    INDArray array = state.get(name);
    if (array == null || array.dataType() != DataType.FLOAT) {
      return;
    }
    FloatMemory memory = FloatMemory.reading(array, name);
    try (Scratch scratch = Scratch.open()) {
      float[] chunk = scratch.array();
      for (long at = 0; at < memory.length(); at += Scratch.SIZE) {
        int n = (int) Math.min(Scratch.SIZE, memory.length() - at);
        memory.read(at, chunk, n);
        for (int i = 0; i < n; i++) {
          if (!(chunk[i] >= least && Float.isFinite(chunk[i]))) {
            problems.accept(
                name, "must be " + rule + ", got " + chunk[i] + " at element " + (at + i));
            return;
          }
        }
      }
    }
  }

  private static void requireCount(
      String name, Map<String, INDArray> state, BiConsumer<String, String> problems) {
    INDArray count = state.get(name);
    if (count != null && count.dataType() == DataType.INT64 && count.length() == 1) {
      long number = count.getLong(0);
      if (number < 0) {
        problems.accept(name, "must be >= 0, got " + number);
      }
    }
  }
}
