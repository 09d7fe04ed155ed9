package io.bayes4j.examples.imagenet;

import java.util.Arrays;

/**
 * A picture of bytes, channel by channel, row by row.
 *
 * @param width pixels across
 * @param height pixels down
 * @param pixels red, green, blue
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record RgbImage(int width, int height, byte[] pixels) {
  /**
   * As torchvision's {@code Resize(shorter)} on a picture of Pillow's: the shorter side becomes so
   * long, the other in proportion, rounded down.
   */
  RgbImage shorterSide(int shorter) {
    return width <= height
        ? resized(shorter, (int) ((long) shorter * height / width))
        : resized((int) ((long) shorter * width / height), shorter);
  }

  private RgbImage resized(int columns, int rows) {
    if (columns == width && rows == height) {
      return this;
    }
    // Pillow scales very tall pictures down before across; the roundings in between differ.
    boolean downFirst =
        rows < height && height > 2 * width && (long) width * rows < (long) columns * height;
    return downFirst ? tall(rows).wide(columns) : wide(columns).tall(rows);
  }

  private RgbImage wide(int columns) {
    PillowFilter filter = PillowFilter.bilinear(width, columns);
    byte[] scaled = new byte[3 * columns * height];
    for (int line = 0; line < 3 * height; line++) {
      filter.apply(pixels, line * width, 1, scaled, line * columns, 1);
    }
    return new RgbImage(columns, height, scaled);
  }

  private RgbImage tall(int rows) {
    PillowFilter filter = PillowFilter.bilinear(height, rows);
    byte[] scaled = new byte[3 * width * rows];
    for (int line = 0; line < 3 * width; line++) {
      int from = line / width * width * height + line % width;
      int to = line / width * width * rows + line % width;
      filter.apply(pixels, from, width, scaled, to, width);
    }
    return new RgbImage(width, rows, scaled);
  }

  /** As torchvision's {@code CenterCrop}: a half is rounded to the even number. */
  RgbImage centre(int side) {
    int left = (int) Math.rint((width - side) / 2.0);
    int top = (int) Math.rint((height - side) / 2.0);
    byte[] crop = new byte[3 * side * side];
    for (int line = 0; line < 3 * side; line++) {
      int from = (line / side * height + top + line % side) * width + left;
      System.arraycopy(pixels, from, crop, line * side, side);
    }
    return new RgbImage(side, side, crop);
  }

  /** The largest difference between two pictures' bytes. */
  int furthestFrom(RgbImage other) {
    int furthest = 0;
    for (int i = 0; i < pixels.length; i++) {
      furthest = Math.max(furthest, Math.abs((pixels[i] & 0xff) - (other.pixels[i] & 0xff)));
    }
    return furthest;
  }

  @Override
  public String toString() {
    return width + " x " + height + " pixels, " + Integer.toHexString(Arrays.hashCode(pixels));
  }
}
