package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Value;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The shortcut without parameters of a residual network (option A of He et al. 2016): fewer pixels,
 * and more channels, of which the new ones are zero.
 */
public final class ResidualShortcut {
  /** Floats handed to a thread at once. */
  private static final int GRAIN = 1 << 15;

  private ResidualShortcut() {}

  /**
   * Every stride-th pixel, with channels of zeros around those of the input.
   *
   * @param x [N, C, H, W]
   * @param stride step along both spatial axes
   * @param before channels of zeros before the input's
   * @param after channels of zeros behind the input's
   * @return [N, before + C + after, ceil(H / stride), ceil(W / stride)], channels-last
   * @throws IllegalArgumentException if x is not of rank 4, stride is not above zero, or a number
   *     of channels is negative
   */
  public static Var subsample(Var x, int stride, int before, int after) {
    Require.open(x, "x");
    Require.argument(
        x.rank() == 4, "x must be [N, C, H, W], got shape %s", Require.text(x.shape()));
    Require.positive((long) stride, "stride");
    Require.argument(
        before >= 0 && after >= 0, "before and after must be >= 0, got %d and %d", before, after);
    Rows rows = new Rows(x.shape(), stride, before, after);
    return Plan.pick(
        List.of("subsample", stride, before, after),
        rows.shapeY(),
        x,
        () -> subsampled(x, rows),
        rows::gatherBytes);
  }

  private static Var subsampled(Var x, Rows rows) {
    return Value.activation(
        rows.gather(rows.pairs() ? Value.of(x).activation() : x.value()),
        List.of(x),
        (g, sink) ->
            sink.add(
                x, () -> rows.scatter(rows.pairs() ? g : Kernels.ensureType(g, DataType.FLOAT))));
  }

  /** The rows of pixels of a channels-last input, and those of the output taken from them. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
  private record Rows(long[] shapeX, int stride, int before, int after) {
    private long[] shapeY() {
      return new long[] {
        shapeX[0],
        Math.addExact(shapeX[1], Math.addExact(before, after)),
        strided(shapeX[2]),
        strided(shapeX[3])
      };
    }

    private long strided(long length) {
      return (length + stride - 1) / stride;
    }

    /** Whether elements can be moved two at a time. */
    boolean pairs() {
      return shapeX[1] % 2 == 0 && before % 2 == 0 && after % 2 == 0;
    }

    /** {@link #gather} of 8-bit numbers, four of which are moved at a time. */
    INDArray gatherBytes(INDArray bytes) {
      IntegerKernels kernels = Kernels.integers();
      if (shapeX[1] % 4 == 0 && before % 4 == 0 && after % 4 == 0) {
        return gather(kernels.inLayout(bytes, Layout.CHANNELS_LAST));
      }
      Quantum one = new Quantum(1, bytes.dataType() == DataType.INT8);
      return kernels.quantize(gather(kernels.dequantize(bytes, one)), one);
    }

    INDArray gather(INDArray x) {
      INDArray y = Arena.allocate(x.dataType(), Layout.CHANNELS_LAST, shapeY());
      Pixels pixels = new Pixels(this, x.dataType());
      FloatMemory from = memory(x);
      FloatMemory to = memory(y);
      long height = y.size(2);
      Parallel.forRange(
          y.size(0) * height,
          pixels.rowsAtOnce(),
          (first, end) -> {
            float[] in = new float[pixels.rowX()];
            float[] out = new float[pixels.rowY()];
            for (long row = first; row < end; row++) {
              long source = row / height * shapeX[2] + row % height * stride;
              from.read(source * in.length, in, in.length);
              for (int pixel = 0; pixel < pixels.taken; pixel++) {
                System.arraycopy(in, pixels.atX(pixel), out, pixels.atY(pixel), pixels.channelsX);
              }
              to.write(row * out.length, out, out.length);
            }
          });
      return y;
    }

    /** The reverse of {@link #gather}: pixels that were not taken get a gradient of zero. */
    INDArray scatter(INDArray gradY) {
      INDArray gradX = Arena.allocate(gradY.dataType(), Layout.CHANNELS_LAST, shapeX);
      Pixels pixels = new Pixels(this, gradY.dataType());
      FloatMemory from = memory(gradY);
      FloatMemory to = memory(gradX);
      long height = shapeX[2];
      Parallel.forRange(
          shapeX[0] * height,
          pixels.rowsAtOnce(),
          (first, end) -> {
            float[] in = new float[pixels.rowY()];
            float[] out = new float[pixels.rowX()];
            float[] zeros = new float[pixels.rowX()];
            for (long row = first; row < end; row++) {
              boolean taken = row % height % stride == 0;
              if (taken) {
                long source = row / height * strided(height) + row % height / stride;
                from.read(source * in.length, in, in.length);
                for (int pixel = 0; pixel < pixels.taken; pixel++) {
                  System.arraycopy(in, pixels.atY(pixel), out, pixels.atX(pixel), pixels.channelsX);
                }
              }
              to.write(row * out.length, taken ? out : zeros, out.length);
            }
          });
      return gradX;
    }

    private static FloatMemory memory(INDArray array) {
      if (array.dataType() == DataType.FLOAT) {
        return Layout.memory(Layout.CHANNELS_LAST.ensure(array), "x");
      }
      boolean pairs = array.dataType() == DataType.BFLOAT16;
      return FloatMemory.ofPacked(pairs ? Layout.CHANNELS_LAST.ensure(array) : array, "x");
    }
  }

  /** Where pixels lie in a row, counted in floats, which hold two BFLOAT16 or four bytes. */
  private static final class Pixels {
    private final int widthX;
    private final int taken;
    private final int stride;
    private final int channelsX;
    private final int channelsY;
    private final int before;

    Pixels(Rows rows, DataType type) {
      int perFloat = Float.BYTES / type.width();
      long[] shapeY = rows.shapeY();
      widthX = Math.toIntExact(rows.shapeX[3]);
      taken = Math.toIntExact(shapeY[3]);
      stride = rows.stride;
      channelsX = Math.toIntExact(rows.shapeX[1]) / perFloat;
      channelsY = Math.toIntExact(shapeY[1]) / perFloat;
      before = rows.before / perFloat;
    }

    int rowX() {
      return widthX * channelsX;
    }

    int rowY() {
      return taken * channelsY;
    }

    /** Rows handed to a thread at once. */
    int rowsAtOnce() {
      return Math.max(1, GRAIN / Math.max(rowX(), rowY()));
    }

    int atX(int pixel) {
      return pixel * stride * channelsX;
    }

    int atY(int pixel) {
      return pixel * channelsY + before;
    }
  }
}
