package io.bayes4j.core.corruption;

import java.util.function.DoubleUnaryOperator;

/** Planes at other places and sizes. */
final class Resampling {
  private Resampling() {}

  /** The value between four pixels, of places in pixels. */
  static double at(double[] plane, int size, double y, double x, Filters.Edge edge) {
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    double down = y - top;
    double right = x - left;
    int upper = edge.inside(top, size) * size;
    int lower = edge.inside(top + 1, size) * size;
    int before = edge.inside(left, size);
    int after = edge.inside(left + 1, size);
    return (1 - down) * ((1 - right) * plane[upper + before] + right * plane[upper + after])
        + down * ((1 - right) * plane[lower + before] + right * plane[lower + after]);
  }

  /** The middle of a plane, enlarged to the size of the whole. */
  static double[] zoomed(double[] plane, int size, double factor) {
    int crop = (int) Math.ceil(size / factor);
    int top = (size - crop) / 2;
    int enlarged = (int) Math.rint(crop * factor);
    int trim = (enlarged - size) / 2;
    double step = (crop - 1.0) / (enlarged - 1.0);
    double[] result = new double[plane.length];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double row = Math.min(crop - 1.0, (y + trim) * step);
        double column = Math.min(crop - 1.0, (x + trim) * step);
        result[y * size + x] = at(plane, size, top + row, top + column, Filters.Edge.NEAREST);
      }
    }
    return result;
  }

  /** The averages of fewer, larger pixels, in bytes as Pillow's box filter gives them. */
  static double[] pixelated(double[] plane, int size, double share) {
    int smaller = (int) (size * share);
    DoubleUnaryOperator toByte = v -> Math.floor(v * 255 + 0.5);
    double[] small = resized(Picture.map(plane, toByte), size, smaller);
    return Picture.map(resized(small, smaller, size), v -> v / 255);
  }

  private static double[] resized(double[] bytes, int from, int to) {
    double[] wide = new double[from * to];
    int[][] spans = new int[to][];
    for (int i = 0; i < to; i++) {
      spans[i] = span(i, from, to);
    }
    for (int y = 0; y < from; y++) {
      for (int x = 0; x < to; x++) {
        wide[y * to + x] = mean(bytes, y * from, 1, spans[x]);
      }
    }
    double[] result = new double[to * to];
    for (int y = 0; y < to; y++) {
      for (int x = 0; x < to; x++) {
        result[y * to + x] = mean(wide, x, to, spans[y]);
      }
    }
    return result;
  }

  /** First and last pixel whose middles lie in the box of a new one. */
  private static int[] span(int to, int fromSize, int toSize) {
    double scale = fromSize / (double) toSize;
    double width = Math.max(1, scale);
    double middle = (to + 0.5) * scale;
    int first = Integer.MAX_VALUE;
    int last = -1;
    for (int j = 0; j < fromSize; j++) {
      double distance = (j + 0.5 - middle) / width;
      if (distance > -0.5 && distance <= 0.5) {
        first = Math.min(first, j);
        last = j;
      }
    }
    return new int[] {first, last};
  }

  private static double mean(double[] values, int start, int step, int... span) {
    double sum = 0;
    for (int j = span[0]; j <= span[1]; j++) {
      sum += values[start + j * step];
    }
    return Math.floor(sum / (span[1] - span[0] + 1) + 0.5);
  }

  /** An affine change and a smooth displacement (Simard, Steinkraus, Platt 2003). */
  static Picture elastic(Picture picture, double amount, double sigma, double affine, Dice dice) {
    int size = picture.size();
    double[] map = affine(size, affine, dice);
    double[] right = displacement(size, amount, sigma, dice);
    double[] down = displacement(size, amount, sigma, dice);
    return picture.planes(
        plane -> {
          double[] turned = new double[plane.length];
          for (int i = 0; i < turned.length; i++) {
            int x = i % size;
            int y = i / size;
            turned[i] =
                at(
                    plane,
                    size,
                    map[3] * x + map[4] * y + map[5],
                    map[0] * x + map[1] * y + map[2],
                    Filters.Edge.REFLECT_101);
          }
          double[] moved = new double[plane.length];
          for (int i = 0; i < moved.length; i++) {
            int x = i % size;
            int y = i / size;
            moved[i] = at(turned, size, y + down[i], x + right[i], Filters.Edge.REFLECT);
          }
          return moved;
        });
  }

  private static double[] displacement(int size, double amount, double sigma, Dice dice) {
    double[] random = new double[size * size];
    for (int i = 0; i < random.length; i++) {
      random[i] = dice.between(-1, 1);
    }
    double[] smooth = Filters.gaussian(random, size, sigma, 3, Filters.Edge.REFLECT);
    return Picture.map(smooth, v -> v * amount);
  }

  /** From places of the result to those of the source, so that three points go to random ones. */
  private static double[] affine(int size, double amount, Dice dice) {
    int middle = size / 2;
    int side = size / 3;
    double[][] from = {
      {middle + side, middle + side}, {middle + side, middle - side}, {middle - side, middle - side}
    };
    double[][] to = new double[3][2];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 2; j++) {
        to[i][j] = from[i][j] + dice.between(-amount, amount);
      }
    }
    double[] result = new double[6];
    double area = area(to[0], to[1], to[2]);
    for (int j = 0; j < 2; j++) {
      double a = from[0][j];
      double b = from[1][j];
      double c = from[2][j];
      double ofX = (b - a) * (to[2][1] - to[0][1]) - (c - a) * (to[1][1] - to[0][1]);
      double ofY = (c - a) * (to[1][0] - to[0][0]) - (b - a) * (to[2][0] - to[0][0]);
      result[3 * j] = ofX / area;
      result[3 * j + 1] = ofY / area;
      result[3 * j + 2] = a - result[3 * j] * to[0][0] - result[3 * j + 1] * to[0][1];
    }
    return result;
  }

  private static double area(double[] a, double[] b, double... c) {
    return (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
  }
}
