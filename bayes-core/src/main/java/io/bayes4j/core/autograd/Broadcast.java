package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** NumPy's broadcasting and its reverse, summation over the repeated axes. */
final class Broadcast {
  private Broadcast() {}

  /**
   * The operator on equal shapes if they are equal, else ND4J's broadcasting operator of the given
   * name.
   */
  static INDArray apply(String name, Var a, Var b, BinaryOperator<INDArray> sameShape) {
    return apply(name, a.value(), b.value(), sameShape);
  }

  static INDArray mul(INDArray a, INDArray b) {
    return apply("multiply", a, b, Elementwise::mul);
  }

  static INDArray div(INDArray a, INDArray b) {
    return apply("divide", a, b, Elementwise::div);
  }

  private static INDArray apply(
      String name, INDArray a, INDArray b, BinaryOperator<INDArray> sameShape) {
    if (Arrays.equals(a.shape(), b.shape())) {
      return sameShape.apply(a, b);
    }
    INDArray out = Arena.allocate(shape(a.shape(), b.shape()));
    Detached.exec(
        DynamicCustomOp.builder(name)
            .addInputs(ofRank(out.rank(), a), ofRank(out.rank(), b))
            .addOutputs(out)
            .build());
    return out;
  }

  /**
   * A row-major view with axes of length one put in front, because ND4J takes [1, 1] and [5] for
   * shapes that do not broadcast.
   */
  private static INDArray ofRank(int rank, INDArray array) {
    INDArray rows = Layout.ROW_MAJOR.ensure(array);
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    System.arraycopy(array.shape(), 0, shape, rank - array.rank(), array.rank());
    return Shapes.view(rows, shape);
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
          Arrays.toString(a),
          Arrays.toString(b));
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
    INDArray out = Detached.fill(Arena.allocate(shape), 0);
    Detached.exec(
        DynamicCustomOp.builder("add")
            .addInputs(out, Layout.ROW_MAJOR.ensure(array))
            .addOutputs(out)
            .build());
    return out;
  }
}
