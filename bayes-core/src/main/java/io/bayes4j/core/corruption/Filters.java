package io.bayes4j.core.corruption;

/** Blurs of a square plane. */
final class Filters {
  private Filters() {}

  /** What lies beyond an edge. */
  enum Edge {
    /** a a | a b c | c c. */
    NEAREST,
    /** b a | a b c | c b, SciPy's reflect. */
    REFLECT,
    /** c b | a b c | b a, OpenCV's default. */
    REFLECT_101;

    int inside(int at, int size) {
      int place = at;
      while (place < 0 || place >= size) {
        place =
            switch (this) {
              case NEAREST -> place < 0 ? 0 : size - 1;
              case REFLECT -> place < 0 ? -1 - place : 2 * size - 1 - place;
              case REFLECT_101 -> place < 0 ? -place : 2 * size - 2 - place;
            };
      }
      return place;
    }
  }

  /** A Gaussian blur, as SciPy and scikit-image have it; none for sigma 0. */
  static double[] gaussian(double[] plane, int size, double sigma, double truncate, Edge edge) {
    int radius = (int) (truncate * sigma + 0.5);
    return radius == 0 ? plane : separable(plane, size, taps(radius, sigma), edge);
  }

  static double[] taps(int radius, double sigma) {
    double[] taps = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < taps.length; i++) {
      double x = (i - radius) / sigma;
      taps[i] = Math.exp(-0.5 * x * x);
      sum += taps[i];
    }
    for (int i = 0; i < taps.length; i++) {
      taps[i] /= sum;
    }
    return taps;
  }

  /** The same filter down and across. */
  static double[] separable(double[] plane, int size, double[] taps, Edge edge) {
    double[][] column = new double[taps.length][1];
    double[][] row = new double[1][];
    for (int i = 0; i < taps.length; i++) {
      column[i][0] = taps[i];
    }
    row[0] = taps;
    return correlate(correlate(plane, size, column, edge), size, row, edge);
  }

  /** Sums of neighbours times the elements of a kernel, which is centred. */
  static double[] correlate(double[] plane, int size, double[][] kernel, Edge edge) {
    double[] result = new double[plane.length];
    int down = kernel.length / 2;
    int across = kernel[0].length / 2;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double sum = 0;
        for (int i = 0; i < kernel.length; i++) {
          int row = edge.inside(y + i - down, size) * size;
          for (int j = 0; j < kernel[i].length; j++) {
            sum += kernel[i][j] * plane[row + edge.inside(x + j - across, size)];
          }
        }
        result[y * size + x] = sum;
      }
    }
    return result;
  }

  /** A disk with its edge blurred, of which the sum is 1. */
  static double[][] disk(double radius, double blur) {
    int size = 17;
    double[] plane = new double[size * size];
    double sum = 0;
    for (int i = 0; i < plane.length; i++) {
      int x = i % size - 8;
      int y = i / size - 8;
      plane[i] = x * x + y * y <= radius * radius ? 1 : 0;
      sum += plane[i];
    }
    double[] soft = separable(plane, size, taps(1, blur), Edge.REFLECT_101);
    double[][] kernel = new double[size][size];
    for (int i = 0; i < soft.length; i++) {
      kernel[i / size][i % size] = soft[i] / sum;
    }
    return kernel;
  }

  /**
   * ImageMagick's motion blur: half a Gaussian along a line.
   *
   * @param degrees its angle
   */
  static double[] motion(double[] plane, int size, int radius, double sigma, double degrees) {
    int width = 2 * radius + 1;
    double[] weights = new double[width];
    double sum = 0;
    for (int i = 0; i < width; i++) {
      weights[i] = Math.exp(-i * i / (2 * sigma * sigma));
      sum += weights[i];
    }
    double[] result = new double[plane.length];
    double sin = Math.sin(Math.toRadians(degrees));
    double cos = Math.cos(Math.toRadians(degrees));
    for (int i = 0; i < width; i++) {
      int down = (int) Math.ceil(i * sin - 0.5);
      int right = (int) Math.ceil(i * cos - 0.5);
      for (int y = 0; y < size; y++) {
        int row = Edge.NEAREST.inside(y + down, size) * size;
        for (int x = 0; x < size; x++) {
          double value = plane[row + Edge.NEAREST.inside(x + right, size)];
          result[y * size + x] += weights[i] / sum * value;
        }
      }
    }
    return result;
  }
}
