package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The shortcut without parameters of a residual network (option A of He et al. 2016): fewer pixels,
 * and more channels, of which the new ones are zero.
 */
public final class Subsampling {
  /** Floats handed to a thread at once. */
  private static final int GRAIN = 1 << 15;

  private Subsampling() {}

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
    Require.argument(x.rank() == 4, "x must be [N, C, H, W], got shape %s", x.shapeText());
    Require.positive((long) stride, "stride");
    Require.argument(
        before >= 0 && after >= 0, "added channels must be >= 0, got %d and %d", before, after);
    Rows rows = new Rows(x.shape(), stride, before, after);
    return Var.result(
        rows.gather(x.value()), List.of(x), (g, sink) -> sink.add(x, () -> rows.scatter(g)));
  }

  /** The rows of pixels of a channels-last input, and those of the output taken from them. */
  private static final class Rows {
    private final long[] shapeX;
    private final long[] shapeY;
    private final int stride;
    private final int before;
    private final int channelsX;
    private final int channelsY;
    private final int rowX;
    private final int rowY;

    Rows(long[] shapeX, int stride, int before, int after) {
      this.shapeX = shapeX;
      this.stride = stride;
      this.before = before;
      this.channelsX = Math.toIntExact(shapeX[1]);
      this.channelsY = Math.addExact(channelsX, Math.addExact(before, after));
      this.shapeY = new long[] {shapeX[0], channelsY, strided(shapeX[2]), strided(shapeX[3])};
      this.rowX = Math.toIntExact(shapeX[3] * channelsX);
      this.rowY = Math.toIntExact(shapeY[3] * channelsY);
    }

    /** Rows handed to a thread at once. */
    private int grain() {
      return Math.max(1, GRAIN / Math.max(rowX, rowY));
    }

    private long strided(long length) {
      return (length + stride - 1) / stride;
    }

    INDArray gather(INDArray x) {
      INDArray y = Arena.allocate(Layout.CHANNELS_LAST, shapeY);
      FloatMemory from = memory(x);
      FloatMemory to = memory(y);
      long height = shapeY[2];
      Parallel.forRange(
          shapeY[0] * height,
          grain(),
          (first, end) -> {
            float[] in = new float[rowX];
            float[] out = new float[rowY];
            for (long row = first; row < end; row++) {
              from.read(sourceRow(row / height, row % height) * rowX, in, rowX);
              for (int pixel = 0; pixel < shapeY[3]; pixel++) {
                System.arraycopy(in, atX(pixel), out, atY(pixel), channelsX);
              }
              to.write(row * rowY, out, rowY);
            }
          });
      return y;
    }

    /** The reverse of {@link #gather}: pixels that were not taken get a gradient of zero. */
    INDArray scatter(INDArray gradY) {
      INDArray gradX = Arena.allocate(Layout.CHANNELS_LAST, shapeX);
      FloatMemory from = memory(gradY);
      FloatMemory to = memory(gradX);
      long height = shapeX[2];
      Parallel.forRange(
          shapeX[0] * height,
          grain(),
          (first, end) -> {
            float[] in = new float[rowY];
            float[] out = new float[rowX];
            float[] zeros = new float[rowX];
            for (long row = first; row < end; row++) {
              boolean taken = row % height % stride == 0;
              if (taken) {
                from.read(targetRow(row / height, row % height) * rowY, in, rowY);
                for (int pixel = 0; pixel < shapeY[3]; pixel++) {
                  System.arraycopy(in, atY(pixel), out, atX(pixel), channelsX);
                }
              }
              to.write(row * rowX, taken ? out : zeros, rowX);
            }
          });
      return gradX;
    }

    private long sourceRow(long example, long row) {
      return example * shapeX[2] + row * stride;
    }

    private long targetRow(long example, long row) {
      return example * shapeY[2] + row / stride;
    }

    private int atX(int pixel) {
      return pixel * stride * channelsX;
    }

    private int atY(int pixel) {
      return pixel * channelsY + before;
    }

    private static FloatMemory memory(INDArray array) {
      return Layout.memory(Layout.CHANNELS_LAST.ensure(array), "x");
    }
  }
}
