package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.kernels.ConvGeometry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The inputs that windows see, element of the kernel by element: the columns of a convolution
 * written as a matrix product.
 *
 * <p>One and two axes are three with lengths of one in front.
 */
final class WindowColumns {
  private static final int AXES = 3;

  private final int[] kernel;
  private final int[] stride;
  private final int[] padding;
  private final int[] dilation;
  private final int[] input = new int[AXES];
  private final int[] padded = new int[AXES];
  private final int[] output = new int[AXES];

  WindowColumns(ConvGeometry g, long[] shapeX) {
    kernel = lifted(g.kernel(), 1);
    stride = lifted(g.stride(), 1);
    padding = lifted(g.padding(), 0);
    dilation = lifted(g.dilation(), 1);
    for (int axis = 0; axis < AXES; axis++) {
      int own = axis - (AXES - g.rank());
      input[axis] = own < 0 ? 1 : Math.toIntExact(shapeX[own + 2]);
      padded[axis] = input[axis] + 2 * padding[axis];
      output[axis] = own < 0 ? 1 : Math.toIntExact(g.outputLength(own, shapeX[own + 2]));
    }
  }

  private static int[] lifted(List<Integer> numbers, int usual) {
    List<Integer> all = new ArrayList<>(Collections.nCopies(AXES - numbers.size(), usual));
    all.addAll(numbers);
    return all.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int product(int... lengths) {
    return lengths[0] * lengths[1] * lengths[2];
  }

  /** Positions of the output. */
  int positions() {
    return product(output);
  }

  /** Elements of the kernel. */
  int taps() {
    return product(kernel);
  }

  private int paddedVolume() {
    return product(padded);
  }

  /** The planes of an example with zeros around them. */
  float[] pad(float[] planes, int channels) {
    if (paddedVolume() == product(input)) {
      return planes;
    }
    float[] larger = new float[channels * paddedVolume()];
    int from = 0;
    for (int c = 0; c < channels; c++) {
      for (int d = 0; d < input[0]; d++) {
        for (int h = 0; h < input[1]; h++) {
          int line = (d + padding[0]) * padded[1] + h + padding[1];
          int to = c * paddedVolume() + line * padded[2] + padding[2];
          System.arraycopy(planes, from, larger, to, input[2]);
          from += input[2];
        }
      }
    }
    return larger;
  }

  /**
   * Some positions of some examples.
   *
   * @param planes of each example, padded
   */
  Part part(float[][] planes, int from, int n) {
    return new Part(planes, from, n);
  }

  /** Positions from ... from + n - 1 of examples, one after the other. */
  final class Part {
    private final float[][] planes;
    private final int from;
    private final int n;

    private Part(float[][] planes, int from, int n) {
      this.planes = planes;
      this.from = from;
      this.n = n;
    }

    int width() {
      return planes.length * n;
    }

    /** The columns of channels from one on. */
    ExactSums.Columns of(int fromChannel) {
      return (fromTerm, toTerm, columns) -> {
        for (int term = fromTerm; term < toTerm; term++) {
          int start = start(fromChannel + term / taps(), term % taps());
          for (int example = 0; example < planes.length; example++) {
            fillTerm(planes[example], start, from, n, columns[term - fromTerm], example * n);
          }
        }
      };
    }
  }

  /** Where the first window reads in a channel. */
  private int start(int channel, int tap) {
    int kw = tap % kernel[2];
    int kh = tap / kernel[2] % kernel[1];
    int kd = tap / kernel[2] / kernel[1];
    int line = (kd * dilation[0] * padded[1] + kh * dilation[1]) * padded[2];
    return channel * paddedVolume() + line + kw * dilation[2];
  }

  private void fillTerm(float[] planes, int start, int from, int n, float[] columns, int to) {
    int at = from;
    while (at < from + n) {
      int line = at / output[2];
      int w = at - line * output[2];
      int d = line / output[1];
      int h = line - d * output[1];
      int count = Math.min(output[2] - w, from + n - at);
      int source = start + (d * stride[0] * padded[1] + h * stride[1]) * padded[2] + w * stride[2];
      int target = to + at - from;
      if (stride[2] == 1) {
        System.arraycopy(planes, source, columns, target, count);
      } else {
        for (int i = 0; i < count; i++) {
          columns[target + i] = planes[source + i * stride[2]];
        }
      }
      at += count;
    }
  }
}
