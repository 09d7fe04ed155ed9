package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rows of a table by their numbers. */
public final class EmbeddingOps {
  /** Floats handed to a thread at once. */
  private static final int GRAIN = 1 << 14;

  private EmbeddingOps() {}

  /**
   * The rows of a table that an array of numbers names: [...] to [..., D].
   *
   * <p>The gradient of a row is the sum over the places that name it, added in their order whatever
   * the number of threads.
   *
   * @param table [V, D]
   * @param rows whole numbers in [0, V), or -1 for a row of zeros that takes no gradient
   * @param shape of the array that the numbers come from, row-major
   * @throws IllegalArgumentException if the table is no matrix, a number is out of range, or there
   *     are not as many as the shape says
   */
  public static Var rows(Var table, int[] rows, long... shape) {
    Require.open(table, "table");
    Require.nonNull(rows, "rows");
    Require.nonNull(shape, "shape");
    Require.argument(
        table.rank() == 2,
        "table must be [rows, units], got shape %s",
        Require.text(table.shape()));
    Require.argument(
        rows.length == Shapes.product(shape),
        "rows must be %d numbers for shape %s, got %d",
        Shapes.product(shape),
        Require.text(shape),
        rows.length);
    int[] named = rows.clone();
    for (int row : named) {
      Require.argument(
          row >= -1 && row < table.size(0), "rows must be in [-1, %d), got %d", table.size(0), row);
    }
    long[] shapeY = Arrays.copyOf(shape, shape.length + 1);
    shapeY[shape.length] = table.size(1);
    return Plan.operation(null, shapeY, List.of(table), () -> rowsNow(table, named, shapeY));
  }

  private static Var rowsNow(Var table, int[] named, long... shapeY) {
    INDArray y = Arena.allocate(shapeY);
    gather(table.value(), named, y);
    return Var.result(
        y,
        List.of(table),
        (g, sink) ->
            sink.add(
                table,
                () -> {
                  INDArray gradient = Arena.allocate(table.shape());
                  scatterAdd(Layout.ROW_MAJOR.ensure(g), named, gradient);
                  return gradient;
                }));
  }

  private static int grain(int units) {
    return Math.max(1, GRAIN / units);
  }

  private static void gather(INDArray table, int[] rows, INDArray y) {
    FloatMemory from = FloatMemory.of(Layout.ROW_MAJOR.ensure(table), "table");
    FloatMemory to = FloatMemory.of(y, "y");
    int units = Math.toIntExact(table.size(1));
    Parallel.forRange(
        rows.length,
        grain(units),
        (first, end) -> {
          float[] zeros = new float[units];
          float[] row = new float[units];
          for (long place = first; place < end; place++) {
            int number = rows[(int) place];
            if (number >= 0) {
              from.read((long) number * units, row, units);
            }
            to.write(place * units, number >= 0 ? row : zeros, units);
          }
        });
  }

  private static void scatterAdd(INDArray g, int[] rows, INDArray gradient) {
    FloatMemory from = FloatMemory.of(g, "g");
    FloatMemory to = FloatMemory.of(gradient, "gradient");
    int units = Math.toIntExact(gradient.size(1));
    Places places = Places.of(rows, Math.toIntExact(gradient.size(0)));
    Parallel.forRange(
        gradient.size(0),
        grain(units),
        (first, end) -> {
          float[] sum = new float[units];
          float[] one = new float[units];
          for (int row = (int) first; row < end; row++) {
            Arrays.fill(sum, 0f);
            for (int i = places.begin[row]; i < places.begin[row + 1]; i++) {
              from.read((long) places.order[i] * units, one, units);
              for (int k = 0; k < units; k++) {
                sum[k] += one[k];
              }
            }
            to.write((long) row * units, sum, units);
          }
        });
  }

  /** The places that name each row, in ascending order: a counting sort. */
  private static final class Places {
    /** Those of row r are order[begin[r]] to order[begin[r + 1] - 1]. */
    private final int[] begin;

    private final int[] order;

    private Places(int[] begin, int[] order) {
      this.begin = begin;
      this.order = order;
    }

    static Places of(int[] rows, int count) {
      int[] begin = new int[count + 1];
      for (int row : rows) {
        if (row >= 0) {
          begin[row + 1]++;
        }
      }
      for (int row = 0; row < count; row++) {
        begin[row + 1] += begin[row];
      }
      int[] next = begin.clone();
      int[] order = new int[begin[count]];
      for (int place = 0; place < rows.length; place++) {
        if (rows[place] >= 0) {
          order[next[rows[place]]++] = place;
        }
      }
      return new Places(begin, order);
    }
  }
}
