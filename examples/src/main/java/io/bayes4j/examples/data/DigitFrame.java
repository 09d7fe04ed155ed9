package io.bayes4j.examples.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The frame of 28 x 28 in which MNIST places a digit scaled to 20 x 20. */
final class DigitFrame {
  /** Rows and columns of the frame. */
  static final int SIDE = 28;

  /** Rows and columns that a digit fills at most. */
  static final int BOX = 20;

  private static final int COARSE_SIDE = 8;

  /**
   * Where MNIST puts a digit's centre of mass: on the middle of pixel 14, not between 13 and 14.
   */
  private static final double MASS_CENTRE = 14.5;

  private DigitFrame() {}

  /**
   * Places strokes, cropped to their bounding box, as the training images of a resolution are. Thin
   * strokes grow pale as they shrink, so the brightest pixel is made 255 again.
   *
   * @return nothing if the strokes are so thin that nothing of them is left
   */
  static Optional<GreyImage> place(GreyImage strokes, Resolution resolution) {
    GreyImage fitted = fit(strokes);
    GreyImage scanned = resolution == Resolution.FINE ? fitted : coarsen(fitted.centred(BOX, BOX));
    if (scanned.peak() == 0) {
      return Optional.empty();
    }
    GreyImage bright = scanned.stretchedFrom(0);
    return Optional.of(resolution == Resolution.FINE ? centredByMass(bright) : enlarge(bright));
  }

  /** Pictures that fill the frame, such as clothes, as a scanner of a resolution would see them. */
  static ImageSet present(ImageSet pictures, Resolution resolution) {
    if (resolution == Resolution.FINE) {
      return pictures;
    }
    List<GreyImage> presented = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      GreyImage picture = new GreyImage(pictures.height(), pictures.width(), pictures.pixels(i));
      presented.add(enlarge(coarsen(picture)));
    }
    return ImageSet.gathering(
        pictures.name(), presented, pictures.hasLabels() ? pictures.labels() : null);
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

  /** Scales a coarse picture to the digit's box, in the middle of the frame. */
  static GreyImage enlarge(GreyImage coarse) {
    return Resize.to(coarse, BOX, BOX).centred(SIDE, SIDE);
  }

  private static GreyImage coarsen(GreyImage picture) {
    return Resize.to(picture, COARSE_SIDE, COARSE_SIDE);
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
