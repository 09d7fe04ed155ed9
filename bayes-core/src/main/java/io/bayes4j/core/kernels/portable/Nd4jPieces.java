package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Parallel;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Work of ND4J's operators in pieces that depend on shapes alone, each on one of the library's own
 * threads.
 *
 * <p>Operators that multiply add up in another order for other numbers of threads. OpenMP's number
 * is kept for each thread: within a piece it is one, and afterwards what it was. Builds of ND4J
 * without oneDNN multiply with a BLAS whose number is that of the process: it is one while any
 * piece runs.
 */
final class Nd4jPieces {
  /** Multiplications that are worth a piece. */
  private static final double LEAST = 1 << 20;

  private static final int MOST = 16;

  private Nd4jPieces() {}

  /** The rows of each piece but perhaps the last. */
  static int grain(long rows, double multiplications) {
    double pieces = Math.max(1, Math.min(MOST, Math.sqrt(multiplications / LEAST)));
    return Math.toIntExact((long) Math.ceil(rows / Math.floor(pieces)));
  }

  /**
   * The examples of each piece of a convolution: with oneDNN each is computed the same whatever the
   * others, with a BLAS only by itself.
   */
  static int examples(long examples, double multiplications) {
    return Backend.BLAS == null ? grain(examples, multiplications) : 1;
  }

  /** Rows from ... to - 1 of an array that is dense, without a copy. */
  static INDArray rows(INDArray dense, long from, long to) {
    long[] shape = dense.shape().clone();
    shape[0] = to - from;
    long offset = dense.offset() + from * dense.stride(0);
    return Detached.view(dense, offset, shape, dense.stride().clone());
  }

  /** Runs a task on each piece of so many rows. */
  static void forRows(long rows, int grain, Parallel.RangeTask task) {
    Parallel.forRange(rows, grain, (from, to) -> alone(() -> task.run(from, to)));
  }

  /** Runs a piece of work whose operators use no other threads. */
  static void alone(Runnable work) {
    int before = Backend.OPERATORS.ompGetMaxThreads();
    Backend.OPERATORS.setOmpNumThreads(1);
    Backend.enter();
    try {
      work.run();
    } finally {
      Backend.leave();
      Backend.OPERATORS.setOmpNumThreads(before);
    }
  }

  /** Found once ND4J has chosen it. */
  private static final class Backend {
    private static final NativeOps OPERATORS = operators();

    /** Null if ND4J multiplies with oneDNN. */
    private static final @Nullable Blas BLAS =
        OPERATORS.buildInfo().contains("HAVE_ONEDNN") ? null : Nd4j.factory().blas();

    /** Pieces that run now, and the BLAS's number of threads before the first of them. */
    private static int running;

    private static int threadsBefore;

    private Backend() {}

    private static NativeOps operators() {
      Nd4j.getBackend();
      return NativeOpsHolder.getInstance().getDeviceNativeOps();
    }

    static void enter() {
      if (BLAS != null) {
        synchronized (BLAS) {
          if (running++ == 0) {
            threadsBefore = BLAS.getMaxThreads();
            BLAS.setMaxThreads(1);
          }
        }
      }
    }

    static void leave() {
      if (BLAS != null) {
        synchronized (BLAS) {
          if (--running == 0) {
            BLAS.setMaxThreads(threadsBefore);
          }
        }
      }
    }
  }
}
