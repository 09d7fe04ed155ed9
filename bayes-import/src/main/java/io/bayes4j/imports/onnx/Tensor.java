package io.bayes4j.imports.onnx;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A constant array of a file: floats or whole numbers, decoded when they are asked for. */
final class Tensor {
  /** Elements of a constant that is computed here, rather than read. */
  static final long MOST_FOLDED = 1 << 22;

  private static final int TILE = 32;

  /** Constants that are made of each other without being decoded in between. */
  private static final int MOST_PENDING = 8;

  private final Object identity;
  private final boolean integer;
  private final int pending;
  private final long[] shape;
  private final Supplier<float[]> floats;
  private final Supplier<long[]> longs;

  /** The floats as they lie in the file; null if they do not. */
  private final @Nullable Supplier<FloatBuffer> raw;

  /**
   * Numbers that were made of others.
   *
   * @param how by what: axes, a shape, a factor
   */
  private record Derived(Object of, Object how) {}

  private record Order(List<Integer> axes) {}

  private record Shape(List<Long> lengths) {}

  private Tensor(
      Object identity,
      boolean integer,
      int pending,
      long[] shape,
      Supplier<float[]> floats,
      Supplier<long[]> longs,
      @Nullable Supplier<FloatBuffer> raw) {
    this.identity = identity;
    this.integer = integer;
    this.pending = pending;
    this.shape = shape.clone();
    this.floats = floats;
    this.longs = longs;
    this.raw = raw;
  }

  static Tensor ofFloats(Supplier<float[]> numbers, long... shape) {
    return new Tensor(
        new Object(),
        false,
        0,
        shape,
        numbers,
        () -> {
          float[] all = numbers.get();
          long[] whole = new long[all.length];
          Arrays.setAll(whole, i -> (long) all[i]);
          return whole;
        },
        null);
  }

  /** Floats that lie in the file as they are in memory: arrays are copied from there at once. */
  static Tensor ofRaw(Supplier<FloatBuffer> raw, long... shape) {
    Tensor decoded =
        ofFloats(
            () -> {
              FloatBuffer from = raw.get();
              float[] all = new float[from.remaining()];
              from.get(all);
              return all;
            },
            shape);
    return new Tensor(decoded.identity, false, 0, shape, decoded.floats, decoded.longs, raw);
  }

  static Tensor ofLongs(Supplier<long[]> numbers, long... shape) {
    return new Tensor(
        new Object(),
        true,
        0,
        shape,
        () -> {
          long[] all = numbers.get();
          float[] floats = new float[all.length];
          for (int i = 0; i < all.length; i++) {
            floats[i] = all[i];
          }
          return floats;
        },
        numbers,
        null);
  }

  /** The same numbers as the other kind. */
  Tensor as(boolean whole) {
    Object made = whole == integer ? identity : new Derived(identity, whole);
    return (whole ? ofLongs(longs, shape) : ofFloats(floats, shape)).after(this, made);
  }

  /**
   * What the numbers are: equal for arrays that were made in the same way of the same array of the
   * file, where that was by permutation, another shape or type, or what {@link #madeOf} was told.
   */
  Object identity() {
    return identity;
  }

  /** The identity of the array that this was made of at first. */
  Object root() {
    Object root = identity;
    while (root instanceof Derived derived) {
      root = derived.of;
    }
    return root;
  }

  /**
   * These numbers, known to be made of another array.
   *
   * @param how by what; the same for the same numbers
   */
  Tensor madeOf(Tensor other, Object how) {
    Object made = new Derived(other.identity, how);
    return new Tensor(made, integer, pending, shape, floats, longs, raw);
  }

  /**
   * This, which is decoded by way of another; decoded now, if that has gone on for long, and then
   * no longer known to be made of it.
   */
  private Tensor after(Tensor other, Object made) {
    if (other.pending < MOST_PENDING) {
      return new Tensor(made, integer, other.pending + 1, shape, floats, longs, raw);
    }
    if (integer) {
      long[] all = longs.get();
      return ofLongs(() -> all, shape);
    }
    float[] all = floats.get();
    return ofFloats(() -> all, shape);
  }

  boolean integer() {
    return integer;
  }

  long[] shape() {
    return shape.clone();
  }

  int rank() {
    return shape.length;
  }

  long size(int axis) {
    return shape[axis];
  }

  long length() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  float[] floats() {
    return floats.get();
  }

  long[] longs() {
    return longs.get();
  }

  /** The only number. */
  float number() {
    if (length() != 1) {
      throw new IllegalArgumentException(
          "needs one number, got an array of shape " + Arrays.toString(shape));
    }
    return floats()[0];
  }

  /** The floats as an array of another shape with as many elements. */
  INDArray array(long... other) {
    if (raw == null) {
      return Detached.of(floats(), other);
    }
    if (Arrays.stream(other).reduce(1, Math::multiplyExact) != length()) {
      throw new IllegalArgumentException(
          "needs an array of shape " + Arrays.toString(other) + ", got " + Arrays.toString(shape));
    }
    INDArray array = Detached.create(DataType.FLOAT, other);
    FloatMemory.of(array, "array").write(raw.get());
    return array;
  }

  INDArray array() {
    return shape.length == 0 ? Detached.scalar(number()) : array(shape);
  }

  Tensor reshaped(long... other) {
    if (Arrays.stream(other).reduce(1, Math::multiplyExact) != length()) {
      throw new IllegalArgumentException(
          "cannot give " + Arrays.toString(shape) + " the shape " + Arrays.toString(other));
    }
    boolean again = identity instanceof Derived derived && derived.how instanceof Shape;
    Object of = again ? ((Derived) identity).of : identity;
    Shape form = new Shape(Arrays.stream(other).boxed().toList());
    Object made = Arrays.equals(other, shape) ? identity : new Derived(of, form);
    return new Tensor(made, integer, pending, other, floats, longs, raw);
  }

  /** The axes in another order. */
  Tensor permuted(int... axes) {
    long[] out = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      out[i] = shape[axes[i]];
    }
    Object made = permutedIdentity(axes);
    if (integer) {
      return ofLongs(() -> gathered(longs.get(), axes), out).after(this, made);
    }
    boolean matrix = axes.length == 2 && axes[0] == 1;
    return ofFloats(() -> matrix ? transposed(floats.get()) : gathered(floats.get(), axes), out)
        .after(this, made);
  }

  /** Two permutations are one, which may be none. */
  private Object permutedIdentity(int... axes) {
    boolean again = identity instanceof Derived derived && derived.how instanceof Order;
    Object of = again ? ((Derived) identity).of : identity;
    List<Integer> all = new ArrayList<>();
    for (int axis : axes) {
      all.add(again ? ((Order) ((Derived) identity).how).axes.get(axis) : (Integer) axis);
    }
    boolean none = IntStream.range(0, axes.length).allMatch(i -> all.get(i) == i);
    return none ? of : new Derived(of, new Order(all));
  }

  /** Of a matrix, tile by tile: rows of both stay in the cache. */
  private float[] transposed(float[] from) {
    int rows = (int) shape[0];
    int columns = (int) shape[1];
    float[] to = new float[from.length];
    for (int top = 0; top < rows; top += TILE) {
      for (int left = 0; left < columns; left += TILE) {
        int bottom = Math.min(rows, top + TILE);
        int right = Math.min(columns, left + TILE);
        for (int row = top; row < bottom; row++) {
          for (int column = left; column < right; column++) {
            to[column * rows + row] = from[row * columns + column];
          }
        }
      }
    }
    return to;
  }

  private long[] gathered(long[] from, int... axes) {
    int[] at = sources(axes);
    long[] to = new long[from.length];
    Arrays.setAll(to, i -> from[at[i]]);
    return to;
  }

  private float[] gathered(float[] from, int... axes) {
    int[] at = sources(axes);
    float[] to = new float[from.length];
    for (int i = 0; i < to.length; i++) {
      to[i] = from[at[i]];
    }
    return to;
  }

  /** For each element after a permutation, where it was before. */
  private int[] sources(int... axes) {
    int rank = axes.length;
    long[] strides = new long[rank];
    long step = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      strides[axis] = step;
      step *= shape[axis];
    }
    int[] sources = new int[(int) length()];
    long[] index = new long[rank];
    for (int i = 0; i < sources.length; i++) {
      long at = 0;
      for (int axis = 0; axis < rank; axis++) {
        at += index[axis] * strides[axes[axis]];
      }
      sources[i] = (int) at;
      for (int axis = rank - 1; axis >= 0 && ++index[axis] == shape[axes[axis]]; axis--) {
        index[axis] = 0;
      }
    }
    return sources;
  }
}
