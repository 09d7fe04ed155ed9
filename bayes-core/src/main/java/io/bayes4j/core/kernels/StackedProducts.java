package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Products of the matrices that two stacks hold, each computed by itself by one thread: the same
 * whatever the others and the threads.
 *
 * @param a row-major, as is b
 */
record StackedProducts(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
  /** Multiplications that are worth a hand-over between threads. */
  private static final double LEAST = 1 << 18;

  static StackedProducts of(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    int rank = a.rank();
    long[] shapeA = a.shape();
    long[] shapeB = b.shape();
    int inner = rank - (transposeA ? 2 : 1);
    Require.argument(
        rank >= 2
            && b.rank() == rank
            && Arrays.equals(shapeA, 0, rank - 2, shapeB, 0, rank - 2)
            && shapeA[inner] == shapeB[rank - (transposeB ? 1 : 2)],
        "matrices must have equal leading axes and inner lengths, got a %s%s and b %s%s",
        Arrays.toString(shapeA),
        transposeA ? " transposed" : "",
        Arrays.toString(shapeB),
        transposeB ? " transposed" : "");
    return new StackedProducts(
        Layout.ROW_MAJOR.ensure(a), transposeA, Layout.ROW_MAJOR.ensure(b), transposeB);
  }

  INDArray run(KernelProvider kernels) {
    int rank = a.rank();
    long[] shape = a.shape().clone();
    shape[rank - 2] = a.size(rank - (transposeA ? 1 : 2));
    shape[rank - 1] = b.size(rank - (transposeB ? 2 : 1));
    INDArray out = Arena.allocate(shape);
    long matrix = shape[rank - 2] * shape[rank - 1];
    double multiplications = (double) matrix * a.size(rank - (transposeA ? 2 : 1));
    Parallel.forRange(
        out.length() / matrix,
        (int) Math.ceil(LEAST / multiplications),
        (from, to) -> {
          for (long i = from; i < to; i++) {
            kernels.matmulInto(matrix(a, i), transposeA, matrix(b, i), transposeB, matrix(out, i));
          }
        });
    return out;
  }

  private static INDArray matrix(INDArray stack, long index) {
    long rows = stack.size(stack.rank() - 2);
    long columns = stack.size(stack.rank() - 1);
    long offset = stack.offset() + index * rows * columns;
    long[] strides = {columns, 1};
    return Detached.view(stack, offset, new long[] {rows, columns}, strides);
  }
}
