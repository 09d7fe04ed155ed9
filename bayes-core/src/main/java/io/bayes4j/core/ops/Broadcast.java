package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.memory.Arena;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** NumPy's broadcasting and its reverse, summation over the repeated axes. */
final class Broadcast {
  static final Elementwise.Binary SUMS =
      (x, y, out, n) -> {
        for (int i = 0; i < n; i++) {
          out[i] = x[i] + y[i];
        }
      };

  static final Elementwise.Binary DIFFERENCES =
      (x, y, out, n) -> {
        for (int i = 0; i < n; i++) {
          out[i] = x[i] - y[i];
        }
      };

  static final Elementwise.Binary PRODUCTS =
      (x, y, out, n) -> {
        for (int i = 0; i < n; i++) {
          out[i] = x[i] * y[i];
        }
      };

  static final Elementwise.Binary QUOTIENTS =
      (x, y, out, n) -> {
        for (int i = 0; i < n; i++) {
          out[i] = x[i] / y[i];
        }
      };

  private Broadcast() {}

  /** Shape of a function of corresponding elements. */
  static long[] shape(Var a, Var b) {
    return shape(a.shape(), b.shape());
  }

  /** A function of corresponding elements of arrays whose shapes broadcast. */
  static INDArray apply(Var a, Var b, Elementwise.Binary f) {
    return apply(a.value(), b.value(), f);
  }

  static INDArray mul(INDArray a, INDArray b) {
    return apply(a, b, PRODUCTS);
  }

  static INDArray div(INDArray a, INDArray b) {
    return apply(a, b, QUOTIENTS);
  }

  private static INDArray apply(INDArray a, INDArray b, Elementwise.Binary f) {
    return Arrays.equals(a.shape(), b.shape())
        ? Elementwise.map(a, b, f)
        : BroadcastLoop.map(a, b, shape(a.shape(), b.shape()), f);
  }

  private static long[] shape(long[] a, long[] b) {
    int rank = Math.max(a.length, b.length);
    long[] out = new long[rank];
    for (int fromEnd = 1; fromEnd <= rank; fromEnd++) {
      long x = fromEnd <= a.length ? a[a.length - fromEnd] : 1;
      long y = fromEnd <= b.length ? b[b.length - fromEnd] : 1;
      Require.argument(
          x == y || x == 1 || y == 1,
          "shapes must broadcast, got %s and %s",
          Require.text(a),
          Require.text(b));
      out[rank - fromEnd] = Math.max(x, y);
    }
    return out;
  }

  /**
   * Hands a gradient to an operand of a sum: as it is, or summed over the axes that were repeated.
   */
  static void pass(Gradients.Sink sink, Var input, INDArray gradient) {
    if (Arrays.equals(gradient.shape(), input.shape())) {
      sink.pass(input, gradient);
    } else {
      sink.add(input, () -> reduce(gradient, input.shape()));
    }
  }

  /**
   * Sums over the axes that broadcasting from the given shape would repeat; the array itself if
   * there are none.
   */
  static INDArray reduce(INDArray array, long[] shape) {
    if (Arrays.equals(array.shape(), shape)) {
      return array;
    }
    int added = array.rank() - shape.length;
    int[] axes =
        IntStream.range(0, array.rank())
            .filter(axis -> axis < added || (shape[axis - added] == 1 && array.size(axis) != 1))
            .toArray();
    INDArray out = Arena.allocate(shape);
    INDArray sums = axes.length == 0 ? array : Detached.sum(array, axes);
    Detached.copy(sums, Shapes.view(out, sums.shape()));
    return out;
  }

  /** Repeats an array along its axes of length one. */
  static INDArray expand(INDArray array, long[] shape) {
    return BroadcastLoop.map(
        array, array, shape, (x, same, out, n) -> System.arraycopy(x, 0, out, 0, n));
  }
}
