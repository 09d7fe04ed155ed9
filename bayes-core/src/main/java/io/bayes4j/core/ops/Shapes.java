package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.memory.Arena;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Shape arithmetic and views. */
public final class Shapes {
  private Shapes() {}

  /** Replaces the one -1 in a requested shape by what the number of elements leaves. */
  public static long[] resolve(long[] from, long[] to) {
    long elements = product(from);
    long[] full = to.clone();
    int open = -1;
    long known = 1;
    for (int axis = 0; axis < to.length; axis++) {
      if (to[axis] == -1) {
        Require.argument(open < 0, "shape may hold -1 once, got %s", Require.text(to));
        open = axis;
      } else {
        Require.argument(
            to[axis] > 0,
            "shape must hold lengths above zero and one -1, got %s",
            Require.text(to));
        known *= to[axis];
      }
    }
    if (open >= 0) {
      full[open] = elements / known;
    }
    Require.argument(
        product(full) == elements,
        "shape %s must have the %d elements of %s",
        Require.text(to),
        elements,
        Require.text(from));
    return full;
  }

  /** A row-major array under another shape, without a copy. */
  public static INDArray view(INDArray rows, long[] shape) {
    return view(rows, 0, shape);
  }

  /** A part of a row-major array, from an element on, under another shape, without a copy. */
  public static INDArray view(INDArray rows, long from, long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = step;
      step *= shape[axis];
    }
    long offset = rows.offset() + from;
    return Detached.view(rows, offset, shape, strides);
  }

  /** A row-major copy of any view. */
  public static INDArray copy(INDArray view) {
    return Detached.copy(view, Arena.allocate(view.shape()));
  }

  /** A view of the elements from (inclusive) to (exclusive) along an axis. */
  public static INDArray range(INDArray array, int axis, long from, long to) {
    INDArrayIndex[] index = new INDArrayIndex[array.rank()];
    Arrays.fill(index, NDArrayIndex.all());
    index[axis] = NDArrayIndex.interval(from, to);
    return array.get(index);
  }

  /** A shape of which a range of one axis is taken. */
  public static long[] ranged(long[] shape, int axis, long from, long to) {
    Require.argument(
        axis >= 0 && axis < shape.length, "axis must be in [0, %d), got %d", shape.length, axis);
    Require.argument(
        from >= 0 && from < to && to <= shape[axis],
        "the range from %d to %d must lie in [0, %d) and not be empty",
        from,
        to,
        shape[axis]);
    return with(shape, axis, to - from);
  }

  /** A shape with another length of an axis. */
  public static long[] with(long[] shape, int axis, long length) {
    long[] changed = shape.clone();
    changed[axis] = length;
    return changed;
  }

  /** Shape of a window's values at all places of an input. */
  public static long[] pooled(Var x, PoolGeometry window) {
    requireRank("x", x, window.rank() + 2);
    return window.outputShape(x.shape());
  }

  public static void requireRank(String name, Var array, int rank) {
    Require.argument(
        array.rank() == rank,
        "%s must be a non-empty float array of rank %d, got shape %s",
        name,
        rank,
        Require.text(array.shape()));
  }

  /** A shape whose axes are in another order. */
  public static long[] permuted(long[] shape, int... order) {
    return Arrays.stream(order).mapToLong(axis -> shape[axis]).toArray();
  }

  /** A shape whose given axes have become one. */
  public static long[] summed(long[] shape, int... axes) {
    long[] kept = shape.clone();
    boolean[] seen = new boolean[shape.length];
    for (int axis : axes) {
      Require.argument(
          axis >= 0 && axis < shape.length, "axis must be in [0, %d), got %d", shape.length, axis);
      Require.argument(!seen[axis], "axes must not repeat, got %s", Arrays.toString(axes));
      seen[axis] = true;
      kept[axis] = 1;
    }
    return kept;
  }

  /** Shape of the parts joined along an axis. */
  public static long[] joined(int axis, List<Var> parts) {
    Require.argument(!parts.isEmpty(), "parts must not be empty");
    long[] shape = parts.get(0).shape();
    Require.argument(
        axis >= 0 && axis < shape.length, "axis must be in [0, %d), got %d", shape.length, axis);
    long length = 0;
    for (Var part : parts) {
      long[] other = part.shape();
      length += other.length > axis ? other[axis] : 0;
      long[] aligned = other.clone();
      if (aligned.length == shape.length) {
        aligned[axis] = shape[axis];
      }
      Require.argument(
          Arrays.equals(aligned, shape),
          "parts must agree on all axes but %d, got %s and %s",
          axis,
          Require.text(shape),
          Require.text(part.shape()));
    }
    shape[axis] = length;
    return shape;
  }

  /** The permutation that undoes another. */
  public static int[] inverse(int[] axes, int rank) {
    int[] sorted = axes.clone();
    Arrays.sort(sorted);
    boolean valid = axes.length == rank;
    for (int i = 0; valid && i < rank; i++) {
      valid = sorted[i] == i;
    }
    Require.argument(
        valid, "axes must be a permutation of 0 to %d, got %s", rank - 1, Arrays.toString(axes));
    int[] inverse = new int[rank];
    for (int i = 0; i < rank; i++) {
      inverse[axes[i]] = i;
    }
    return inverse;
  }

  public static long product(long[] shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }
}
