package io.bayes4j.core.variational;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.EmbeddingOps;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which elements of a tensor of weights are still there after pruning. Immutable. */
final class KeptElements {
  /** Nothing is pruned: all that passes through is returned as it is. */
  static final KeptElements ALL = new KeptElements(null);

  /** Null if nothing is pruned. */
  private final @Nullable INDArray mask;

  private final int[] places;

  private KeptElements(@Nullable INDArray mask, int... places) {
    this.mask = mask;
    this.places = places;
  }

  /**
   * Reads a mask of ones and zeros, which is copied.
   *
   * @throws IllegalArgumentException if it is not float, of another shape, or has another number
   */
  static KeptElements of(INDArray mask, long... shape) {
    Require.argument(
        Arrays.equals(mask.shape(), shape),
        "kept must have shape %s, got %s",
        Require.text(shape),
        Require.text(mask.shape()));
    INDArray copy = Detached.copy(mask);
    float[] marks = read(copy, "kept");
    int[] places = new int[marks.length];
    int count = 0;
    for (int i = 0; i < marks.length; i++) {
      Require.argument(
          marks[i] == 0 || marks[i] == 1, "kept must be 0 or 1, got %s at element %d", marks[i], i);
      if (marks[i] == 1) {
        places[count++] = i;
      }
    }
    return count == marks.length ? ALL : new KeptElements(copy, Arrays.copyOf(places, count));
  }

  /** 1 for each element that is kept, 0 for the others; empty if nothing is pruned. */
  Optional<INDArray> mask() {
    return Optional.ofNullable(mask);
  }

  /** Whether nothing is left. */
  boolean none() {
    return mask != null && places.length == 0;
  }

  /** The same values, zero where an element is pruned; so is the gradient. */
  Var fixed(Var x) {
    return mask == null ? x : Ops.mul(x, Var.constant(mask));
  }

  /** The kept elements of an array, one after another. */
  INDArray gather(INDArray x) {
    if (mask == null) {
      return x;
    }
    float[] values = read(x, "x");
    float[] kept = new float[places.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = values[places[i]];
    }
    INDArray gathered = Arena.allocate(kept.length);
    FloatMemory.of(gathered, "gathered").write(0, kept, kept.length);
    return gathered;
  }

  /** As {@link #gather(INDArray)}, with a gradient: always a vector. */
  Var gather(Var x) {
    Var rows = Ops.reshape(x, -1, 1);
    return Ops.reshape(mask == null ? rows : EmbeddingOps.rows(rows, places, places.length), -1);
  }

  /** Puts what {@link #gather(INDArray)} took back into its places, among zeros. */
  INDArray scatter(INDArray gathered) {
    if (mask == null) {
      return gathered;
    }
    float[] kept = read(gathered, "gathered");
    float[] values = new float[(int) mask.length()];
    for (int i = 0; i < kept.length; i++) {
      values[places[i]] = kept[i];
    }
    INDArray scattered = Arena.allocate(mask.shape().clone());
    FloatMemory.of(scattered, "scattered").write(0, values, values.length);
    return scattered;
  }

  /** Writes a number into every pruned element of a row-major array. */
  void fillPruned(INDArray x, float number) {
    if (mask == null) {
      return;
    }
    float[] values = read(x, "x");
    float[] marks = read(mask, "kept");
    for (int i = 0; i < values.length; i++) {
      values[i] = marks[i] == 1 ? values[i] : number;
    }
    FloatMemory.of(x, "x").write(0, values, values.length);
  }

  private static float[] read(INDArray x, String name) {
    FloatMemory memory = FloatMemory.of(x, name);
    float[] values = new float[Math.toIntExact(memory.length())];
    memory.read(0, values, values.length);
    return values;
  }
}
