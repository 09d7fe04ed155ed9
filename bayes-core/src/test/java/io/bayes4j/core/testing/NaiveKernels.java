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

  /** What a convolution joins: in each, elements lie where an example, a unit and a tap say. */
  private static final int Y = 0;

  private static final int X = 1;
  private static final int W = 2;

  /** Adds to one of y, x and w the products of the other two that one tap joins, over all taps. */
  private static void addProducts(
      int target, ConvGeometry g, long[] shapeX, long[] shapeW, long[] shapeY, double[]... yxw) {
    int channels = (int) shapeX[1];
    int units = (int) shapeW[0];
    int groupChannels = (int) shapeW[1];
    int groupUnits = units / g.groups();
    int in = volume(spatial(shapeX));
    int out = volume(spatial(shapeY));
    int kernel = volume(spatial(g.kernel(), 1));
    int[][] taps = tapsInside(g, shapeX, shapeY);
    int[] first = new int[3];
    for (int n = 0; n < shapeX[0]; n++) {
      for (int u = 0; u < units; u++) {
        for (int c = 0; c < groupChannels; c++) {
          int channel = u / groupUnits * groupChannels + c;
          first[Y] = (n * units + u) * out;
          first[X] = (n * channels + channel) * in;
          first[W] = (u * groupChannels + c) * kernel;
          addProducts(target, taps, first, yxw);
        }
      }
    }
  }

  private static void addProducts(int target, int[][] taps, int[] first, double[]... yxw) {
    int other = (target + 1) % 3;
    int third = (target + 2) % 3;
    double[] sums = yxw[target];
    double[] left = yxw[other];
    double[] right = yxw[third];
    int firstSum = first[target];
    int firstLeft = first[other];
    int firstRight = first[third];
    for (int[] tap : taps) {
      sums[firstSum + tap[target]] += left[firstLeft + tap[other]] * right[firstRight + tap[third]];
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
    addProducts(Y, g, x.shape(), w.shape(), shapeY, y, Doubles.of(x), Doubles.of(w));
    return bias == null ? y : plusBias(y, bias, shapeY);
  }

  /** What {@link #conv} without a bias has made of shape y, with one. */
  static double[] plusBias(double[] plain, INDArray bias, long[] shapeY) {
    double[] y = plain.clone();
    double[] b = Doubles.of(bias);
    int out = volume(spatial(shapeY));
    for (int i = 0; i < y.length; i++) {
      y[i] += b[i / out % b.length];
    }
    return y;
  }

  /** Gradient of {@link #conv} with respect to x. */
  public static double[] convBackwardData(
      INDArray gradY, INDArray w, long[] shapeX, ConvGeometry g) {
    double[] gradX = zeros(shapeX);
    addProducts(X, g, shapeX, w.shape(), gradY.shape(), Doubles.of(gradY), gradX, Doubles.of(w));
    return gradX;
  }

  /** Gradient of {@link #conv} with respect to w. */
  public static double[] convBackwardWeights(
      INDArray x, INDArray gradY, long[] shapeW, ConvGeometry g) {
    double[] gradW = zeros(shapeW);
    addProducts(W, g, x.shape(), shapeW, gradY.shape(), Doubles.of(gradY), Doubles.of(x), gradW);
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
      int row = i / columns * inner;
      int column = i % columns;
      double sum = 0;
      for (int k = 0; k < inner; k++) {
        sum += l[row + k] * r[k * columns + column];
      }
      y[i] = sum;
    }
    return y;
  }
}
