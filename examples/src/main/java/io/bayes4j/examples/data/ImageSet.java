package io.bayes4j.examples.data;

import io.bayes4j.examples.Check;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named, immutable list of grey images of one size, with or without a class label each.
 *
 * <p>A pixel is 0 (dark) to 255 (bright). Arrays passed in are copied, arrays handed out are
 * copies; {@link #slice} shares the pixels of its origin, which nobody can change.
 */
public final class ImageSet {
  private static final float BRIGHTEST = 255f;

  private final String name;
  private final int height;
  private final int width;
  private final int size;

  /** Where this set starts in {@link #pixels} and {@link #labels}, in images. */
  private final int first;

  private final byte[] pixels;

  /** Null if the set has no labels. */
  private final int @Nullable [] labels;

  private ImageSet(
      String name,
      int height,
      int width,
      int first,
      int size,
      byte[] pixels,
      int @Nullable [] labels) {
    this.name = name;
    this.height = height;
    this.width = width;
    this.first = first;
    this.size = size;
    this.pixels = pixels;
    this.labels = labels;
  }

  /**
   * Builds a set of labelled images.
   *
   * @param pixels the images one after another, each row by row; its length is a multiple of {@code
   *     height * width}
   * @param labels the class of each image, 0 or more
   * @throws IllegalArgumentException if the sizes do not fit together, there is no image, or a
   *     label is negative
   */
  public static ImageSet labelled(String name, int height, int width, byte[] pixels, int[] labels) {
    return wrapping(name, height, width, pixels.clone(), labels.clone());
  }

  /**
   * Builds a set of images without labels.
   *
   * @param pixels the images one after another, each row by row; its length is a multiple of {@code
   *     height * width}
   * @throws IllegalArgumentException if the sizes do not fit together or there is no image
   */
  public static ImageSet unlabelled(String name, int height, int width, byte[] pixels) {
    return wrapping(name, height, width, pixels.clone(), null);
  }

  /**
   * As the public factories, but keeps the arrays: the caller gives them away. No labels if they
   * are null.
   */
  static ImageSet wrapping(
      String name, int height, int width, byte[] pixels, int @Nullable [] labels) {
    Objects.requireNonNull(name, "name");
    Check.positive(height, "height");
    Check.positive(width, "width");
    long area = (long) height * width;
    Check.argument(
        pixels.length > 0 && pixels.length % area == 0,
        "pixels must hold one or more images of %d x %d, got %d bytes",
        height,
        width,
        pixels.length);
    int size = Math.toIntExact(pixels.length / area);
    if (labels != null) {
      Check.argument(
          labels.length == size, "labels must be one per image (%d), got %d", size, labels.length);
      for (int i = 0; i < size; i++) {
        Check.argument(labels[i] >= 0, "labels must be >= 0, got %d at %d", labels[i], i);
      }
    }
    return new ImageSet(name, height, width, 0, size, pixels, labels);
  }

  /** A set of these images, all of one size. No labels if they are null. */
  static ImageSet gathering(String name, List<GreyImage> images, int @Nullable [] labels) {
    int height = images.get(0).height();
    int width = images.get(0).width();
    int area = height * width;
    byte[] pixels = new byte[Math.multiplyExact(images.size(), area)];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i).pixels(), 0, pixels, i * area, area);
    }
    return wrapping(name, height, width, pixels, labels);
  }

  /** What the images show, for people: "digits", "clothes". */
  public String name() {
    return name;
  }

  /** Rows of an image. */
  public int height() {
    return height;
  }

  /** Columns of an image. */
  public int width() {
    return width;
  }

  /** Number of images, at least 1. */
  public int size() {
    return size;
  }

  /** Whether every image has a class label. */
  public boolean hasLabels() {
    return labels != null;
  }

  /**
   * The class of one image.
   *
   * @throws IllegalArgumentException if there is no such image
   * @throws IllegalStateException if the set has no labels
   */
  public int label(int index) {
    return requireLabels()[first + requireIndex(index)];
  }

  /**
   * A copy of all labels.
   *
   * @throws IllegalStateException if the set has no labels
   */
  public int[] labels() {
    return Arrays.copyOfRange(requireLabels(), first, first + size);
  }

  /**
   * A copy of the pixels of one image, row by row.
   *
   * @throws IllegalArgumentException if there is no such image
   */
  public byte[] pixels(int index) {
    int start = offset(requireIndex(index));
    return Arrays.copyOfRange(pixels, start, start + area());
  }

  /** The same images under another name. */
  public ImageSet named(String newName) {
    Objects.requireNonNull(newName, "newName");
    return new ImageSet(newName, height, width, first, size, pixels, labels);
  }

  /**
   * The images from one index up to and without another; the pixels are shared, not copied.
   *
   * @throws IllegalArgumentException unless {@code 0 <= from < to <= size()}
   */
  public ImageSet slice(int from, int to) {
    requireRange(from, to);
    return new ImageSet(name, height, width, first + from, to - from, pixels, labels);
  }

  /**
   * The images at the given indices, in that order: a shuffle, a split or a sample, repeats
   * allowed.
   *
   * @throws IllegalArgumentException if there is no index or an index names no image
   */
  public ImageSet select(int... indices) {
    requireIndices(indices);
    int area = area();
    byte[] chosen = new byte[Math.multiplyExact(indices.length, area)];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(pixels, offset(indices[i]), chosen, i * area, area);
    }
    int[] given = labels;
    int[] chosenLabels =
        given == null ? null : Arrays.stream(indices).map(index -> given[first + index]).toArray();
    return new ImageSet(name, height, width, 0, indices.length, chosen, chosenLabels);
  }

  /**
   * The images from one index up to and without another as a network takes them.
   *
   * @return {@code (pixel / 255 - mean) / deviation}, laid out [to - from, 1, height, width],
   *     row-major
   * @throws IllegalArgumentException unless {@code 0 <= from < to <= size()}
   */
  public float[] normalized(int from, int to, Normalization normalization) {
    requireRange(from, to);
    float[] table = normalization.table();
    float[] values = new float[Math.multiplyExact(to - from, area())];
    fill(values, 0, offset(from), values.length, table);
    return values;
  }

  /**
   * The images at the given indices, in that order, as a network takes them: one mini-batch.
   *
   * @return {@code (pixel / 255 - mean) / deviation}, laid out [indices.length, 1, height, width],
   *     row-major
   * @throws IllegalArgumentException if there is no index or an index names no image
   */
  public float[] normalized(int[] indices, Normalization normalization) {
    requireIndices(indices);
    float[] table = normalization.table();
    int area = area();
    float[] values = new float[Math.multiplyExact(indices.length, area)];
    for (int i = 0; i < indices.length; i++) {
      fill(values, i * area, offset(indices[i]), area, table);
    }
    return values;
  }

  /** Mean and standard deviation of all pixels, on the scale 0 to 1. */
  Normalization measure() {
    long[] counts = new long[256];
    int end = offset(size);
    for (int i = offset(0); i < end; i++) {
      counts[pixels[i] & 0xff]++;
    }
    double total = (double) size * area();
    double mean = 0;
    for (int v = 0; v < counts.length; v++) {
      mean += v / BRIGHTEST * (counts[v] / total);
    }
    double variance = 0;
    for (int v = 0; v < counts.length; v++) {
      double distance = v / BRIGHTEST - mean;
      variance += distance * distance * (counts[v] / total);
    }
    return new Normalization((float) mean, (float) Math.sqrt(variance));
  }

  private void fill(float[] values, int to, int from, int count, float[] table) {
    for (int i = 0; i < count; i++) {
      values[to + i] = table[pixels[from + i] & 0xff];
    }
  }

  private int area() {
    return height * width;
  }

  private int offset(int index) {
    return (first + index) * area();
  }

  private int[] requireLabels() {
    if (labels == null) {
      throw new IllegalStateException("the image set \"" + name + "\" has no labels");
    }
    return labels;
  }

  private int requireIndex(int index) {
    Check.argument(
        index >= 0 && index < size,
        "index must be in [0, %d) in the image set \"%s\", got %d",
        size,
        name,
        index);
    return index;
  }

  private void requireIndices(int[] indices) {
    Check.argument(indices.length > 0, "indices must name at least one image, got none");
    for (int index : indices) {
      requireIndex(index);
    }
  }

  private void requireRange(int from, int to) {
    Check.argument(
        from >= 0 && from < to && to <= size,
        "a range must satisfy 0 <= from < to <= %d in the image set \"%s\", got [%d, %d)",
        size,
        name,
        from,
        to);
  }

  @Override
  public String toString() {
    return name + " [" + size + ", 1, " + height + ", " + width + "]";
  }
}
