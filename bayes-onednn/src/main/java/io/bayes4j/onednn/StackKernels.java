package io.bayes4j.onednn;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.onednn.MatmulPlans.Transposed;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of the matrices that two stacks hold, many in one call of oneDNN. */
final class StackKernels {
  /** Multiplications for each element that is rounded first, fewer of which BF16 makes slower. */
  private static final double FEWEST_FOR_ROUNDING = 32;

  private final Runner runner;

  StackKernels(Runner runner) {
    this.runner = runner;
  }

  /** Whether BF16 is faster than single precision although factors have to be rounded. */
  static boolean roundingPays(INDArray a, INDArray b, Transposed transposed) {
    double multiplications = (double) a.length() * b.size(b.rank() - (transposed.b() ? 2 : 1));
    return multiplications >= FEWEST_FOR_ROUNDING * (a.length() + b.length());
  }

  INDArray multiply(INDArray a, INDArray b, Transposed transposed) {
    int rank = a.rank();
    long[] shape = a.shape().clone();
    shape[rank - 2] = a.size(rank - (transposed.a() ? 1 : 2));
    shape[rank - 1] = b.size(rank - (transposed.b() ? 2 : 1));
    INDArray out = Arena.allocate(shape);
    runner.run(Operation.MATMULS, transposed, stack(a), stack(b), stack(out));
    return out;
  }

  /** [..., rows, columns] as [matrices, rows, columns]. */
  private static INDArray stack(INDArray array) {
    INDArray dense = Layout.ROW_MAJOR.ensure(array);
    long columns = array.size(array.rank() - 1);
    long matrix = array.size(array.rank() - 2) * columns;
    long[] shape = {array.length() / matrix, matrix / columns, columns};
    return Detached.view(dense, dense.offset(), shape, matrix, columns, 1);
  }
}
