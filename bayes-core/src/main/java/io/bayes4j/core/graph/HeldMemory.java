package io.bayes4j.core.graph;

import io.bayes4j.core.memory.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What arrays of values say of their memory: in loops, since every operation asks several times.
 */
final class HeldMemory {
  private HeldMemory() {}

  /** Those that are there. */
  static List<INDArray> known(
      @Nullable INDArray first, @Nullable INDArray second, @Nullable INDArray third) {
    List<INDArray> known = new ArrayList<>(1);
    addTo(known, first);
    addTo(known, second);
    addTo(known, third);
    return known;
  }

  private static void addTo(List<INDArray> known, @Nullable INDArray array) {
    if (array != null) {
      known.add(array);
    }
  }

  /** Whether one is a view of one of the others, or both of a third. */
  static boolean isShared(List<INDArray> arrays, List<INDArray> others) {
    for (INDArray array : arrays) {
      for (INDArray other : others) {
        if (address(array) == address(other)) {
          return true;
        }
      }
    }
    return false;
  }

  private static long address(INDArray array) {
    return array.isEmpty() ? 0 : array.data().address();
  }

  /** The first of some results whose memory a known value shows; null if there is none. */
  static @Nullable Var shownBy(Value value, List<Var> results) {
    for (Var result : results) {
      if (value.showsMemoryOf(result.held())) {
        return result;
      }
    }
    return null;
  }

  /** Whether all are the arena's current scope's. */
  static boolean isOwned(List<INDArray> arrays) {
    for (INDArray array : arrays) {
      if (!Arena.owns(array)) {
        return false;
      }
    }
    return true;
  }

  /** Whether somebody has closed one. */
  static boolean isClosed(List<INDArray> arrays) {
    for (INDArray array : arrays) {
      if (array.wasClosed()) {
        return true;
      }
    }
    return false;
  }
}
