package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * ReLU of whole BFLOAT16 arrays. What is not a number stays so.
 *
 * <p>A ReLU needs no arithmetic: it looks at the bits, two elements in each int, in loops that C2
 * turns into vector instructions.
 */
public final class RoundedRelu {
  private static final int GRAIN = 8 * Scratch.SIZE;

  /** The upper element of a pair, and its bits without the sign. */
  private static final int UPPER = 0xffff0000;

  private static final int MAGNITUDE = 0x7fff0000;
  private static final int INFINITY = 0x7f800000;

  private RoundedRelu() {}

  /** max(x, 0). */
  public static INDArray of(INDArray x) {
    Operands.requireRounded("x", x);
    INDArray y = Arena.like(x);
    apply(x, y);
    return y;
  }

  /** x = max(x, 0). */
  public static void inPlace(INDArray x) {
    Operands.requireRounded("x", x);
    apply(x, x);
  }

  private static void apply(INDArray x, INDArray y) {
    sweep(y, (in, same, out, n) -> relu(in, out, n), x, x);
  }

  /**
   * The gradient where a ReLU's result is positive or not a number, zero elsewhere.
   *
   * @param y what the ReLU returned
   */
  public static INDArray gradient(INDArray y, INDArray gradY) {
    Operands.requireRounded("y", y);
    Operands.requireRounded("gradY", gradY);
    Operands.requireShape("y", y.shape(), gradY.shape());
    INDArray gradX = Arena.like(gradY);
    sweep(gradX, RoundedRelu::mask, gradY, Layout.of(gradY).ensure(y));
    return gradX;
  }

  /** What is done with pairs of elements. */
  @FunctionalInterface
  private interface Pairs {
    void apply(int[] a, int[] b, int[] out, int n);
  }

  private static void relu(int[] x, int[] out, int n) {
    for (int i = 0; i < n; i++) {
      int high = x[i];
      int low = high << 16;
      // All ones where an element is not negative, or beyond infinity: not a number.
      int keepHigh = ~(high >> 31) | ((INFINITY - (high & MAGNITUDE)) >> 31);
      int keepLow = ~(low >> 31) | ((INFINITY - (low & MAGNITUDE)) >> 31);
      out[i] = (high & keepHigh & UPPER) | ((low & keepLow) >>> 16);
    }
  }

  private static void mask(int[] gradient, int[] y, int[] out, int n) {
    for (int i = 0; i < n; i++) {
      // All ones where an element has bits beside the sign: results of a ReLU are not negative.
      int keepHigh = -(y[i] & MAGNITUDE) >> 31;
      int keepLow = -((y[i] << 16) & MAGNITUDE) >> 31;
      out[i] = (gradient[i] & keepHigh & UPPER) | (gradient[i] & (keepLow >>> 16));
    }
  }

  private static void sweep(INDArray out, Pairs work, INDArray first, INDArray second) {
    Layout layout = Layout.of(out);
    INDArray[] arrays = {layout.ensure(first), layout.ensure(second), out};
    try {
      ByteBuffer a = bytes(arrays[0], out);
      ByteBuffer b = bytes(arrays[1], out);
      ByteBuffer target = bytes(out, out);
      Parallel.forRange(
          out.length() / 2, GRAIN, (from, to) -> sweep((int) from, (int) to, a, b, target, work));
      if (out.length() % 2 == 1) {
        last(a, b, target, work);
      }
    } finally {
      // The buffers do not keep the memory alive.
      Reference.reachabilityFence(arrays);
    }
  }

  private static void sweep(
      int from, int to, ByteBuffer a, ByteBuffer b, ByteBuffer target, Pairs work) {
    int[] in = new int[Scratch.SIZE];
    int[] other = new int[Scratch.SIZE];
    int[] out = new int[Scratch.SIZE];
    IntBuffer targets = ints(target);
    for (int at = from; at < to; at += Scratch.SIZE) {
      int n = Math.min(Scratch.SIZE, to - at);
      ints(a).get(at, in, 0, n);
      ints(b).get(at, other, 0, n);
      work.apply(in, other, out, n);
      targets.put(at, out, 0, n);
    }
  }

  /** The element without a partner. */
  private static void last(ByteBuffer a, ByteBuffer b, ByteBuffer target, Pairs work) {
    int at = target.capacity() - Short.BYTES;
    int[] out = new int[1];
    work.apply(new int[] {a.getShort(at)}, new int[] {b.getShort(at)}, out, 1);
    target.putShort(at, (short) out[0]);
  }

  private static IntBuffer ints(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.nativeOrder()).asIntBuffer();
  }

  private static ByteBuffer bytes(INDArray array, INDArray like) {
    Require.argument(
        array.dataType() == DataType.BFLOAT16
            && array.offset() == 0
            && Arrays.equals(array.shape(), like.shape()),
        "array must be a whole BFLOAT16 array of shape %s, got %s of shape %s at offset %d",
        Require.text(like.shape()),
        array.dataType(),
        Require.text(array.shape()),
        array.offset());
    int length = Math.toIntExact(array.length() * Short.BYTES);
    return array
        .data()
        .asNio()
        .order(ByteOrder.nativeOrder())
        .limit(length)
        .slice()
        .order(ByteOrder.nativeOrder());
  }
}
