package io.bayes4j.core.corruption;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * A square image, 0 to 1.
 *
 * @param planes red, green and blue, row by row
 * @param size pixels on a side
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Picture(double[][] planes, int size) {
  /** Red, green and blue of a pixel. */
  @FunctionalInterface
  interface Pixel {
    /** Changes them. */
    void change(double[] rgb);
  }

  /** A picture of what each plane becomes. */
  Picture planes(UnaryOperator<double[]> change) {
    double[][] changed = new double[planes.length][];
    for (int c = 0; c < planes.length; c++) {
      changed[c] = change.apply(planes[c]);
    }
    return new Picture(changed, size);
  }

  /** Each number by itself, pixel after pixel, and within a pixel red, green, blue. */
  Picture each(DoubleUnaryOperator change) {
    return pixels(
        rgb -> {
          for (int c = 0; c < rgb.length; c++) {
            rgb[c] = change.applyAsDouble(rgb[c]);
          }
        });
  }

  Picture pixels(Pixel change) {
    double[][] changed = new double[planes.length][size * size];
    double[] rgb = new double[planes.length];
    for (int i = 0; i < size * size; i++) {
      for (int c = 0; c < rgb.length; c++) {
        rgb[c] = planes[c][i];
      }
      change.change(rgb);
      for (int c = 0; c < rgb.length; c++) {
        changed[c][i] = rgb[c];
      }
    }
    return new Picture(changed, size);
  }

  /** Each number together with that of one layer at its place. */
  Picture with(double[] layer, DoubleBinaryOperator both) {
    return planes(
        plane -> {
          double[] result = new double[plane.length];
          for (int i = 0; i < result.length; i++) {
            result[i] = both.applyAsDouble(plane[i], layer[i]);
          }
          return result;
        });
  }

  /** Whole 255ths, rounded down, as the published images were stored. */
  Picture inBytes() {
    return each(x -> Math.floor(Math.max(0, Math.min(1, x)) * 255 + 1e-9) / 255);
  }

  static double[] map(double[] values, DoubleUnaryOperator change) {
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = change.applyAsDouble(values[i]);
    }
    return result;
  }
}
