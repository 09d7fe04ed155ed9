package io.bayes4j.report;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The pictures that examples are, for the gallery of a report: grey or colour, of any size.
 *
 * <p>The arrays are read when the report is written, and only where a picture is shown. A picture
 * larger than the page shows is averaged down, so that it costs the file little.
 */
public final class Pictures {
  /** The page shows 84 pixels; a fine screen has use for some more. */
  static final int LARGEST_SIDE = 112;

  private static final int WHITE = 255;

  private final Pixels pixels;
  private final int count;
  private final int channels;
  private final int height;
  private final int width;

  /** Numbers from 0 to 255. */
  private interface Pixels {
    double at(int picture, int channel, int row, int column);
  }

  private Pictures(Pixels pixels, long... shape) {
    this.pixels = pixels;
    count = Math.toIntExact(shape[0]);
    channels = Math.toIntExact(shape[1]);
    height = Math.toIntExact(shape[2]);
    width = Math.toIntExact(shape[3]);
  }

  /**
   * Pictures whose numbers are 0 for black and 1 for full light; what lies beyond is clipped.
   *
   * @param images float array [N, C, H, W] with one channel, or three for red, green and blue
   * @throws IllegalArgumentException if it is none
   */
  public static Pictures of(INDArray images) {
    requireImages(images);
    int channels = (int) images.size(1);
    return of(images, new double[channels], ones(channels));
  }

  /**
   * Pictures that were standardized: each number is (light - mean) / deviation, light from 0 to 1.
   *
   * @param images float array [N, C, H, W] with one channel, or three for red, green and blue
   * @param mean one for each channel
   * @param deviation one for each channel
   * @throws IllegalArgumentException if they do not fit
   */
  public static Pictures of(INDArray images, double[] mean, double[] deviation) {
    requireImages(images);
    requireChannels(images, mean, "mean");
    requireChannels(images, deviation, "deviation");
    for (double light : mean) {
      Require.argument(Double.isFinite(light), "mean must be finite, got %s", light);
    }
    for (double light : deviation) {
      Require.positiveAsFloat(light, "deviation");
    }
    double[] centre = mean.clone();
    double[] scale = deviation.clone();
    return new Pictures(
        (picture, c, row, column) ->
            WHITE * (images.getFloat(picture, c, row, column) * scale[c] + centre[c]),
        images.shape());
  }

  /**
   * Pictures of one byte per channel, 0 to 255.
   *
   * @param pixels picture after picture, each channel by channel, row by row; read later, not
   *     copied
   * @param channels one, or three for red, green and blue
   * @throws IllegalArgumentException if the pixels are not a whole number of pictures
   */
  public static Pictures of(byte[] pixels, int channels, int height, int width) {
    Require.nonNull(pixels, "pixels");
    Require.argument(channels == 1 || channels == 3, "channels must be 1 or 3, got %d", channels);
    Require.positive((long) height, "height");
    Require.positive((long) width, "width");
    long size = (long) channels * height * width;
    Require.argument(
        pixels.length > 0 && pixels.length % size == 0,
        "pixels must hold one or more whole pictures of %d bytes, got %d bytes",
        size,
        pixels.length);
    return new Pictures(
        (picture, c, row, column) ->
            pixels[
                    Math.toIntExact(
                        ((picture * (long) channels + c) * height + row) * width + column)]
                & 0xff,
        pixels.length / size,
        channels,
        height,
        width);
  }

  private static void requireImages(INDArray images) {
    Require.floats(images, "images");
    Require.argument(
        images.rank() == 4 && (images.size(1) == 1 || images.size(1) == 3),
        "images must be [N, C, H, W] with 1 or 3 channels, got shape %s",
        Require.text(images.shape()));
  }

  private static void requireChannels(INDArray images, double[] numbers, String name) {
    Require.nonNull(numbers, name);
    Require.argument(
        numbers.length == images.size(1),
        "%s must have one number for each of %d channels, got %d",
        name,
        images.size(1),
        numbers.length);
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Pixels across as shown. */
  int shownWidth() {
    return shown(width);
  }

  int shownHeight() {
    return shown(height);
  }

  private int shown(int side) {
    int longer = Math.max(height, width);
    return longer <= LARGEST_SIDE
        ? side
        : Math.max(1, Math.round(side * (float) LARGEST_SIDE / longer));
  }

  /** One picture as a PNG file. */
  byte[] png(int picture) {
    int rows = shownHeight();
    int columns = shownWidth();
    byte[] planes = new byte[channels * rows * columns];
    int at = 0;
    for (int channel = 0; channel < channels; channel++) {
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          planes[at++] = (byte) average(picture, channel, row, column);
        }
      }
    }
    return PngFile.of(planes, channels, rows, columns);
  }

  /** The mean of the pixels that become this one. */
  private long average(int picture, int channel, int row, int column) {
    int top = row * height / shownHeight();
    int bottom = Math.max(top + 1, (row + 1) * height / shownHeight());
    int left = column * width / shownWidth();
    int right = Math.max(left + 1, (column + 1) * width / shownWidth());
    double sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += Math.max(0, Math.min(WHITE, pixels.at(picture, channel, y, x)));
      }
    }
    return Math.round(sum / ((bottom - top) * (double) (right - left)));
  }
}
