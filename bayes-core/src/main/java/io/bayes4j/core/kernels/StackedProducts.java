package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Products of the matrices that two stacks hold, each computed by itself by one thread: the same
 * whatever the others and the threads.
 */
record StackedProducts(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
  /** Multiplications that are worth a hand-over between threads. */
  private static final double LEAST = 1 << 18;

  StackedProducts {
    a = Layout.ROW_MAJOR.ensure(a);
    b = Layout.ROW_MAJOR.ensure(b);
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
