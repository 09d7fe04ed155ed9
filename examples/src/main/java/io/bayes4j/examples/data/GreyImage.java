package io.bayes4j.examples.data;

import io.bayes4j.examples.Check;

/**
 * One grey image; the pixels, 0 (dark) to 255 (bright), row by row, are handed over and never
 * changed.
 */
final class GreyImage {
  private static final int BRIGHTEST = 255;

  private final int height;
  private final int width;
  private final byte[] pixels;

  /** Keeps the array: the caller gives it away. */
  GreyImage(int height, int width, byte[] pixels) {
    Check.positive(height, "height");
    Check.positive(width, "width");
    Check.argument(
        pixels.length == (long) height * width,
        "pixels must be %d x %d, got %d bytes",
        height,
        width,
        pixels.length);
    this.height = height;
    this.width = width;
    this.pixels = pixels;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  int at(int row, int column) {
    return pixels[row * width + column] & 0xff;
  }

  /** The pixels themselves: not to be written to. */
  byte[] pixels() {
    return pixels;
  }

  /** The brightest pixel. */
  int peak() {
    int peak = 0;
    for (byte pixel : pixels) {
      peak = Math.max(peak, pixel & 0xff);
    }
    return peak;
  }

  /** The part that starts at a row and column. */
  GreyImage crop(int top, int left, int rows, int columns) {
    byte[] part = new byte[rows * columns];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(pixels, (top + row) * width + left, part, row * columns, columns);
    }
    return new GreyImage(rows, columns, part);
  }

  /** This image on a dark frame, its first pixel at a row and column. */
  GreyImage framed(int rows, int columns, int top, int left) {
    byte[] frame = new byte[rows * columns];
    for (int row = 0; row < height; row++) {
      System.arraycopy(pixels, row * width, frame, (top + row) * columns + left, width);
    }
    return new GreyImage(rows, columns, frame);
  }

  /** Bright and dark exchanged. */
  GreyImage inverted() {
    byte[] negative = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      negative[i] = (byte) (BRIGHTEST - (pixels[i] & 0xff));
    }
    return new GreyImage(height, width, negative);
  }

  /**
   * Grey levels stretched so that all up to a ground are 0 and the brightest is 255, which must be
   * above it.
   */
  GreyImage stretchedFrom(double ground) {
    double range = peak() - ground;
    byte[] stretched = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      double above = Math.max(0, (pixels[i] & 0xff) - ground);
      stretched[i] = (byte) Math.round(above / range * BRIGHTEST);
    }
    return new GreyImage(height, width, stretched);
  }
}
