package io.bayes4j.examples.data;

import java.util.Optional;

/** The frame of 28 x 28 in which MNIST places a digit scaled to 20 x 20. */
final class DigitFrame {
  /** Rows and columns of the frame. */
  static final int SIDE = 28;

  /** Rows and columns that a digit fills at most. */
  static final int BOX = 20;

  /**
   * Where MNIST puts a digit's centre of mass: on the middle of pixel 14, not between 13 and 14.
   */
  private static final double MASS_CENTRE = 14.5;

  private DigitFrame() {}

  /**
   * Places strokes, cropped to their bounding box, as MNIST places its own. Thin strokes grow pale
   * as they shrink, so the brightest pixel is made 255 again.
   *
   * @return nothing if the strokes are so thin that nothing of them is left
   */
  static Optional<GreyImage> place(GreyImage strokes) {
    GreyImage fitted = fit(strokes);
    return fitted.peak() == 0
        ? Optional.empty()
        : Optional.of(centredByMass(fitted.stretchedFrom(0)));
  }

  /**
   * Checks that images have the frame's size.
   *
   * @param file names them in the message
   */
  static ImageSet requireFrame(Object file, ImageSet images) throws MalformedDataException {
    MalformedDataException.require(
        images.height() == SIDE && images.width() == SIDE,
        file,
        "must hold images of %d x %d, holds %d x %d",
        SIDE,
        SIDE,
        images.height(),
        images.width());
    return images;
  }

  private static GreyImage fit(GreyImage strokes) {
    int longer = Math.max(strokes.height(), strokes.width());
    return Resize.to(strokes, fitted(strokes.height(), longer), fitted(strokes.width(), longer));
  }

  private static int fitted(int length, int longer) {
    return Math.max(1, Math.round((float) length * BOX / longer));
  }

  private static GreyImage centredByMass(GreyImage strokes) {
    double mass = 0;
    double rows = 0;
    double columns = 0;
    for (int row = 0; row < strokes.height(); row++) {
      for (int column = 0; column < strokes.width(); column++) {
        int ink = strokes.at(row, column);
        mass += ink;
        rows += ink * (row + 0.5);
        columns += ink * (column + 0.5);
      }
    }
    return strokes.framed(
        SIDE, SIDE, start(rows / mass, strokes.height()), start(columns / mass, strokes.width()));
  }

  /** Where to start so that the centre of mass lies where MNIST has it, kept inside the frame. */
  private static int start(double centre, int length) {
    return (int) Math.max(0, Math.min(Math.round(MASS_CENTRE - centre), SIDE - length));
  }
}
