package io.bayes4j.report;

import io.bayes4j.core.uncertainty.RefusalRule;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/** The places of one picture as a small picture of their own, at most as large as those shown. */
final class PlaceMap {
  private final int rows;
  private final int columns;
  private final int first;
  private final int height;
  private final int width;

  /** A map of the places of a picture, rows by columns. */
  PlaceMap(int rows, int columns, int picture) {
    this.rows = rows;
    this.columns = columns;
    first = picture * rows * columns;
    double scale = Math.min(1, Pictures.LARGEST_SIDE / (double) Math.max(rows, columns));
    height = Math.max(1, (int) Math.round(rows * scale));
    width = Math.max(1, (int) Math.round(columns * scale));
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** Mean over all places. */
  double mean(IntToDoubleFunction number) {
    double sum = 0;
    for (int i = 0; i < rows * columns; i++) {
      sum += number.applyAsDouble(first + i);
    }
    return sum / (rows * columns);
  }

  /** A PNG file of the classes; refused places are black. */
  byte[] classes(IntUnaryOperator classOf) {
    return png(
        place -> {
          int one = classOf.applyAsInt(place);
          return one == RefusalRule.REFUSED ? 0 : Colours.ofClass(one);
        });
  }

  /** A PNG file of a measure, from dark at 0 to bright at the greatest. */
  byte[] heat(IntToDoubleFunction number, double greatest) {
    return png(place -> Colours.heat(number.applyAsDouble(place) / greatest));
  }

  private byte[] png(IntUnaryOperator colour) {
    byte[] planes = new byte[3 * height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int place = first + y * rows / height * columns + x * columns / width;
        int rgb = colour.applyAsInt(place);
        for (int channel = 0; channel < 3; channel++) {
          planes[(channel * height + y) * width + x] = (byte) (rgb >> (16 - 8 * channel));
        }
      }
    }
    return PngFile.of(planes, 3, height, width);
  }
}
