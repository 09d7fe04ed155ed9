package io.bayes4j.quant;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The input of a transposed convolution with zeros between and around its elements. */
final class Spaced {
  private static final int AXES = 3;

  private Spaced() {}

  /**
   * The larger input.
   *
   * @param x 8-bit numbers [N, C, spatial ...], channels-last
   */
  static INDArray of(INDArray x, ReversedKernel kernel) {
    long[] shape = kernel.inputShape(x.shape());
    INDArray larger = Arena.allocate(x.dataType(), Layout.CHANNELS_LAST, shape);
    int channels = Math.toIntExact(x.size(1));
    int[] from = lifted(x.shape());
    int[] to = lifted(shape);
    int rank = kernel.spec().rank();
    int[] start = new int[AXES];
    int[] step = {1, 1, 1};
    List<Integer> strides = kernel.spec().stride();
    for (int axis = 0; axis < rank; axis++) {
      start[AXES - rank + axis] = kernel.before(axis);
      step[AXES - rank + axis] = strides.get(axis);
    }
    int read = from[0] * from[1] * from[2] * channels;
    int written = to[0] * to[1] * to[2] * channels;
    ByteMemory source = ByteMemory.of(x, "x");
    ByteMemory target = ByteMemory.of(larger, "larger");
    Parallel.forRange(
        shape[0],
        1,
        (example, end) -> {
          byte[] small = new byte[read];
          byte[] large = new byte[written];
          source.read(example * read, small, read);
          copy(small, from, large, to, start, step, channels);
          target.write(example * written, large, written);
        });
    return larger;
  }

  private static int[] lifted(long[] shape) {
    int[] lengths = {1, 1, 1};
    for (int axis = 2; axis < shape.length; axis++) {
      lengths[AXES - shape.length + axis] = Math.toIntExact(shape[axis]);
    }
    return lengths;
  }

  private static void copy(
      byte[] small, int[] from, byte[] large, int[] to, int[] start, int[] step, int channels) {
    int at = 0;
    for (int d = 0; d < from[0]; d++) {
      int z = start[0] + d * step[0];
      for (int h = 0; h < from[1]; h++) {
        int y = start[1] + h * step[1];
        for (int w = 0; w < from[2]; w++) {
          int x = start[2] + w * step[2];
          if (inside(z, to[0]) && inside(y, to[1]) && inside(x, to[2])) {
            int place = ((z * to[1] + y) * to[2] + x) * channels;
            System.arraycopy(small, at, large, place, channels);
          }
          at += channels;
        }
      }
    }
  }

  private static boolean inside(int at, int length) {
    return at >= 0 && at < length;
  }
}
