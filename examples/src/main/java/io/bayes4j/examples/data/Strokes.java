package io.bayes4j.examples.data;

import java.util.Optional;

/** Finding the bright strokes of a picture. */
final class Strokes {
  private static final double MIDDLE_GREY = 127.5;

  /** Border and strokes that differ by less than this are the noise of a blank picture. */
  private static final int LEAST_CONTRAST = 32;

  /** After stretching, what is darker than this belongs to the ground. */
  private static final int LEAST_INK = 16;

  private Strokes() {}

  /**
   * The strokes in their bounding box, the ground at 0 and the brightest stroke at 255, with bright
   * and dark exchanged first if the border is bright.
   *
   * @return nothing if nothing stands out from the border
   */
  static Optional<GreyImage> brightOnDark(GreyImage picture) {
    GreyImage oriented = borderMean(picture) > MIDDLE_GREY ? picture.inverted() : picture;
    double ground = borderMean(oriented);
    if (oriented.peak() - ground < LEAST_CONTRAST) {
      return Optional.empty();
    }
    return Optional.of(boundingBox(oriented.stretchedFrom(ground)));
  }

  private static double borderMean(GreyImage image) {
    long sum = 0;
    long count = 0;
    for (int row = 0; row < image.height(); row++) {
      boolean edgeRow = row == 0 || row == image.height() - 1;
      int step = edgeRow ? 1 : Math.max(1, image.width() - 1);
      for (int column = 0; column < image.width(); column += step) {
        sum += image.at(row, column);
        count++;
      }
    }
    return (double) sum / count;
  }

  private static GreyImage boundingBox(GreyImage image) {
    int top = image.height();
    int bottom = 0;
    int left = image.width();
    int right = 0;
    for (int row = 0; row < image.height(); row++) {
      for (int column = 0; column < image.width(); column++) {
        if (image.at(row, column) >= LEAST_INK) {
          top = Math.min(top, row);
          bottom = Math.max(bottom, row + 1);
          left = Math.min(left, column);
          right = Math.max(right, column + 1);
        }
      }
    }
    return image.crop(top, left, bottom - top, right - left);
  }
}
