package io.bayes4j.layers;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.EmbeddingOps;
import java.util.OptionalLong;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an embedding computes: the row of a table [count, units] for each number of its input.
 *
 * <p>Deterministic and Bayesian embeddings share it, as dense layers share an {@link AffineOp}.
 *
 * @param count number of rows; the input holds whole numbers from 0 to count - 1
 * @param units length of a row
 * @param paddingIndex a number whose row is zeros, whatever the table holds, and takes no gradient:
 *     for the ends of short sequences
 */
@CheckReturnValue
public record EmbeddingOp(long count, long units, OptionalLong paddingIndex) {
  /** Floats hold all whole numbers up to here, and so every number of a row. */
  private static final long MOST = 1 << 24;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the option, its value and the rule
   */
  public EmbeddingOp {
    Require.nonNull(paddingIndex, "paddingIndex");
    Require.positive(count, "count");
    Require.positive(units, "units");
    Require.argument(
        count <= MOST, "count must be at most %d, what a float can count to, got %d", MOST, count);
    if (paddingIndex.isPresent()) {
      long padding = paddingIndex.getAsLong();
      Require.argument(
          padding >= 0 && padding < count,
          "paddingIndex must be in [0, %d), got %d",
          count,
          padding);
    }
  }

  /** Without a padding index. */
  public static EmbeddingOp of(long count, long units) {
    return new EmbeddingOp(count, units, OptionalLong.empty());
  }

  /** The same with a padding index. */
  public EmbeddingOp withPaddingIndex(long index) {
    return new EmbeddingOp(count, units, OptionalLong.of(index));
  }

  /** Shape of the table. */
  public long[] tableShape() {
    return new long[] {count, units};
  }

  /** An initial table: standard normals, as PyTorch's, and zeros at the padding index. */
  public INDArray table(Init init) {
    Require.nonNull(init, "init");
    INDArray table = init.normals(tableShape());
    paddingIndex.ifPresent(row -> Detached.fill(table.slice(row), 0));
    return table;
  }

  /**
   * The rows [..., units] that the numbers [...] name.
   *
   * @param x whole numbers as floats, of any shape; takes no gradient
   * @param table [count, units]
   * @throws IllegalArgumentException if a number is not whole or out of range, naming its place
   */
  public Var apply(Var x, Var table) {
    Require.open(x, "x");
    return EmbeddingOps.rows(table, numbers(x), x.shape());
  }

  private int[] numbers(Var x) {
    FloatMemory memory = FloatMemory.reading(x.value(), "x");
    float[] floats = new float[Math.toIntExact(memory.length())];
    memory.read(0, floats, floats.length);
    int[] numbers = new int[floats.length];
    for (int i = 0; i < floats.length; i++) {
      float number = floats[i];
      // Written so that NaN fails.
      Require.argument(
          number >= 0 && number < count && number == (int) number,
          "x must hold whole numbers in [0, %d), got %s at element %d",
          count,
          number,
          i);
      boolean padding = paddingIndex.isPresent() && paddingIndex.getAsLong() == (long) number;
      numbers[i] = padding ? -1 : (int) number;
    }
    return numbers;
  }
}
