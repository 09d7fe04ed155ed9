package io.bayes4j.core.testing;

import io.bayes4j.core.kernels.ConvGeometry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The kernels as their definitions read: nested loops in double precision over row-major copies.
 *
 * <p>Results are row-major. One and two spatial axes are three whose first ones have length one.
 */
public final class NaiveKernels {
  private NaiveKernels() {}

  /** Where one element of a kernel meets the input, for one element of the output. */
  @FunctionalInterface
  private interface Tap {
    /**
     * Handles positions counted over all spatial axes, row-major.
     *
     * @param in -1 in the padding
     */
    void at(int out, int in, int kernel);
  }

  private static int[] spatial(List<Integer> numbers, int otherwise) {
    int[] three = {otherwise, otherwise, otherwise};
    for (int axis = 0; axis < numbers.size(); axis++) {
      three[3 - numbers.size() + axis] = numbers.get(axis);
    }
    return three;
  }

  private static int[] spatial(long[] shape) {
    int[] three = {1, 1, 1};
    for (int axis = 2; axis < shape.length; axis++) {
      three[3 - shape.length + axis] = (int) shape[axis];
    }
    return three;
  }

  private static int volume(int[] lengths) {
    return lengths[0] * lengths[1] * lengths[2];
  }

  private static void forTaps(ConvGeometry g, long[] shapeX, long[] shapeY, Tap tap) {
    int[] in = spatial(shapeX);
    int[] out = spatial(shapeY);
    int[] kernel = spatial(g.kernel(), 1);
    int[] stride = spatial(g.stride(), 1);
    int[] padding = spatial(g.padding(), 0);
    int[] dilation = spatial(g.dilation(), 1);
    for (int o = 0; o < volume(out); o++) {
      for (int k = 0; k < volume(kernel); k++) {
        int position = 0;
        for (int axis = 0; axis < 3; axis++) {
          int i =
              digit(o, out, axis) * stride[axis]
                  - padding[axis]
                  + digit(k, kernel, axis) * dilation[axis];
          boolean inside = position >= 0 && i >= 0 && i < in[axis];
          position = inside ? position * in[axis] + i : -1;
        }
        tap.at(o, position, k);
      }
    }
  }

  /** The index along an axis of a row-major position. */
  private static int digit(int position, int[] lengths, int axis) {
    int rest = position;
    for (int later = 2; later > axis; later--) {
      rest /= lengths[later];
    }
    return rest % lengths[axis];
  }

  /** The places of the elements that one tap joins, for one example, unit and channel. */
  @FunctionalInterface
  private interface Product {
    void at(int y, int x, int w);
  }

  private static void forProducts(
      ConvGeometry g, long[] shapeX, long[] shapeW, long[] shapeY, Product product) {
    int channels = (int) shapeX[1];
    int units = (int) shapeW[0];
    int groupChannels = (int) shapeW[1];
    int groupUnits = units / g.groups();
    int in = volume(spatial(shapeX));
    int out = volume(spatial(shapeY));
    int kernel = volume(spatial(g.kernel(), 1));
    int[][] taps = tapsInside(g, shapeX, shapeY);
    for (int n = 0; n < shapeX[0]; n++) {
      for (int u = 0; u < units; u++) {
        for (int c = 0; c < groupChannels; c++) {
          int channel = u / groupUnits * groupChannels + c;
          int firstY = (n * units + u) * out;
          int firstX = (n * channels + channel) * in;
          int firstW = (u * groupChannels + c) * kernel;
          for (int[] tap : taps) {
            product.at(firstY + tap[0], firstX + tap[1], firstW + tap[2]);
          }
        }
      }
    }
  }

  private static int[][] tapsInside(ConvGeometry g, long[] shapeX, long[] shapeY) {
    List<int[]> taps = new ArrayList<>();
    forTaps(
        g,
        shapeX,
        shapeY,
        (o, i, k) -> {
          if (i >= 0) {
            taps.add(new int[] {o, i, k});
          }
        });
    return taps.toArray(int[][]::new);
  }

  private static double[] zeros(long... shape) {
    return new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
  }

  /** Cross-correlation of x with w, plus bias unless it is null. */
  public static double[] conv(INDArray x, INDArray w, INDArray bias, ConvGeometry g) {
    long[] shapeY = g.outputShape(x.shape(), w.size(0));
    double[] y = zeros(shapeY);
    double[] from = Doubles.of(x);
    double[] kernel = Doubles.of(w);
    forProducts(g, x.shape(), w.shape(), shapeY, (at, i, k) -> y[at] += from[i] * kernel[k]);
    if (bias != null) {
      double[] b = Doubles.of(bias);
      int out = volume(spatial(shapeY));
      for (int i = 0; i < y.length; i++) {
        y[i] += b[i / out % b.length];
      }
    }
    return y;
  }

  /** Gradient of {@link #conv} with respect to x. */
  public static double[] convBackwardData(
      INDArray gradY, INDArray w, long[] shapeX, ConvGeometry g) {
    double[] gradX = zeros(shapeX);
    double[] from = Doubles.of(gradY);
    double[] kernel = Doubles.of(w);
    forProducts(
        g, shapeX, w.shape(), gradY.shape(), (at, i, k) -> gradX[i] += from[at] * kernel[k]);
    return gradX;
  }

  /** Gradient of {@link #conv} with respect to w. */
  public static double[] convBackwardWeights(
      INDArray x, INDArray gradY, long[] shapeW, ConvGeometry g) {
    double[] gradW = zeros(shapeW);
    double[] from = Doubles.of(gradY);
    double[] in = Doubles.of(x);
    forProducts(g, x.shape(), shapeW, gradY.shape(), (at, i, k) -> gradW[k] += from[at] * in[i]);
    return gradW;
  }

  /** Product of op(a) and op(b), where op transposes if asked to. */
  public static double[] matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    INDArray left = transposeA ? a.transpose() : a;
    INDArray right = transposeB ? b.transpose() : b;
    int inner = (int) left.size(1);
    int columns = (int) right.size(1);
    double[] l = Doubles.of(left);
    double[] r = Doubles.of(right);
    double[] y = zeros(left.size(0), columns);
    for (int i = 0; i < y.length; i++) {
      for (int k = 0; k < inner; k++) {
        y[i] += l[i / columns * inner + k] * r[k * columns + i % columns];
      }
    }
    return y;
  }
}
