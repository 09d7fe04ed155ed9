package io.bayes4j.examples.data;

import io.bayes4j.examples.Check;

/**
 * Scaling of grey images, each axis on its own: a shrinking axis averages over the area that a new
 * pixel covers, a growing one interpolates linearly between pixel centres.
 */
final class Resize {
  private Resize() {}

  /** The image scaled to a number of rows and columns; itself if it has them already. */
  static GreyImage to(GreyImage image, int rows, int columns) {
    Check.positive(rows, "rows");
    Check.positive(columns, "columns");
    if (rows == image.height() && columns == image.width()) {
      return image;
    }
    Axis vertical = Axis.between(image.height(), rows);
    Axis horizontal = Axis.between(image.width(), columns);
    byte[] scaled = new byte[Math.multiplyExact(rows, columns)];
    float[] line = new float[image.width()];
    for (int row = 0; row < rows; row++) {
      mixRows(image, vertical, row, line);
      for (int column = 0; column < columns; column++) {
        scaled[row * columns + column] = (byte) Math.round(horizontal.mix(line, column));
      }
    }
    return new GreyImage(rows, columns, scaled);
  }

  private static void mixRows(GreyImage image, Axis vertical, int row, float[] line) {
    float[] weights = vertical.weights[row];
    int first = vertical.firsts[row];
    for (int column = 0; column < line.length; column++) {
      float sum = 0;
      for (int i = 0; i < weights.length; i++) {
        sum += weights[i] * image.at(first + i, column);
      }
      line[column] = sum;
    }
  }

  /**
   * For each new position, the old positions that it mixes (a first one and those after it) and
   * their weights.
   */
  private static final class Axis {
    final int[] firsts;
    final float[][] weights;

    private Axis(int length) {
      firsts = new int[length];
      weights = new float[length][];
    }

    static Axis between(int oldLength, int newLength) {
      Axis axis = new Axis(newLength);
      double step = (double) oldLength / newLength;
      for (int i = 0; i < newLength; i++) {
        if (step > 1) {
          axis.average(i, i * step, Math.min((i + 1) * step, oldLength));
        } else {
          axis.interpolate(i, (i + 0.5) * step - 0.5, oldLength);
        }
      }
      return axis;
    }

    /** The new pixel covers the old ones from start to end, the outermost in part. */
    private void average(int index, double start, double end) {
      int first = (int) start;
      int last = (int) Math.ceil(end);
      float[] shares = new float[last - first];
      for (int i = first; i < last; i++) {
        double covered = Math.min(i + 1, end) - Math.max(i, start);
        shares[i - first] = (float) (covered / (end - start));
      }
      firsts[index] = first;
      weights[index] = shares;
    }

    /**
     * The new pixel's centre lies between two old centres, or beyond the outermost, which then
     * counts alone.
     */
    private void interpolate(int index, double centre, int oldLength) {
      double inside = Math.max(0, Math.min(centre, oldLength - 1));
      int first = (int) inside;
      float share = (float) (inside - first);
      firsts[index] = first;
      weights[index] = share == 0 ? new float[] {1} : new float[] {1 - share, share};
    }

    float mix(float[] line, int index) {
      float[] shares = weights[index];
      float sum = 0;
      for (int i = 0; i < shares.length; i++) {
        sum += shares[i] * line[firsts[index] + i];
      }
      return sum;
    }
  }
}
