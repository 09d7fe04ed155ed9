package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Matrix products by ND4J's operator, whose order of addition depends on the number of rows. */
final class Nd4jProducts {
  /** Rows that the operator takes at once. */
  private static final int BLOCK = 32;

  private Nd4jProducts() {}

  static void run(
      @Nullable INDArray a,
      boolean transposeA,
      INDArray b,
      boolean transposeB,
      @Nullable INDArray out) {
    Nd4jOps.run(
        "matmul",
        new INDArray[] {a, b},
        new INDArray[] {out},
        transposeA ? 1 : 0,
        transposeB ? 1 : 0,
        0);
  }

  /** a op(b), blocks of rows at a time, the last one filled up with zeros. */
  static INDArray rows(INDArray a, INDArray b, boolean transposeB, INDArray out) {
    long whole = a.size(0) / BLOCK * BLOCK;
    long rest = a.size(0) - whole;
    INDArray filled = rest == 0 ? null : filled(a, whole);
    INDArray last = rest == 0 ? null : Arena.allocate(BLOCK, out.size(1));
    Nd4jPieces.forRows(
        a.size(0),
        BLOCK,
        (from, to) -> {
          boolean isLast = from == whole;
          INDArray rows = isLast ? filled : Nd4jPieces.rows(a, from, to);
          run(rows, false, b, transposeB, isLast ? last : Nd4jPieces.rows(out, from, to));
        });
    if (last != null && filled != null) {
      copy(last, 0, out, whole, rest);
      Arena.release(last);
      Arena.release(filled);
    }
    return out;
  }

  private static INDArray filled(INDArray a, long whole) {
    INDArray filled = Detached.fill(Arena.allocate(BLOCK, a.size(1)), 0);
    copy(a, whole, filled, 0, a.size(0) - whole);
    return filled;
  }

  /** Copies rows from one matrix to another of as many columns. */
  private static void copy(INDArray source, long from, INDArray target, long to, long rows) {
    long columns = source.size(1);
    float[] values = new float[Math.toIntExact(rows * columns)];
    FloatMemory.of(source, "source").read(from * columns, values, values.length);
    FloatMemory.of(target, "target").write(to * columns, values, values.length);
  }

  /** The transpose of a times op(b), cut along the columns of a by shapes alone. */
  static INDArray columns(INDArray a, INDArray b, boolean transposeB, INDArray out) {
    double multiplications = (double) a.length() * out.size(1);
    int grain = Nd4jPieces.grain(out.size(0), multiplications);
    Nd4jPieces.forRows(
        out.size(0),
        grain,
        (from, to) -> {
          INDArray part = a.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
          INDArray dense = Layout.ROW_MAJOR.ensure(part);
          run(dense, true, b, transposeB, Nd4jPieces.rows(out, from, to));
        });
    return out;
  }
}
