package io.bayes4j.examples.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Files in the IDX format of MNIST, holding unsigned bytes: a magic number (0, 0, 8, rank), one
 * big-endian 32-bit length per dimension, then the values. May be gzipped, which its first two
 * bytes tell.
 *
 * <p>A header is not believed: memory is taken as values arrive, up to {@value #MAX_VALUES} of
 * them.
 */
final class IdxFile {
  /** The most values that a file may hold: 170,000 images of 28 x 28. */
  static final int MAX_VALUES = 1 << 27;

  private static final int UNSIGNED_BYTE = 8;
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int IMAGES_RANK = 3;
  private static final int LABELS_RANK = 1;

  private final Object source;
  private final int[] shape;
  private final byte[] values;

  private IdxFile(Object source, int[] shape, byte[] values) {
    this.source = source;
    this.shape = shape;
    this.values = values;
  }

  /**
   * Reads images and their labels.
   *
   * @param classes labels must be in [0, classes)
   * @throws MalformedDataException if a file breaks the format, or the two do not fit together
   */
  static ImageSet labelled(String name, Path images, Path labels, int classes) throws IOException {
    IdxFile pictures = read(images, IMAGES_RANK);
    IdxFile answers = read(labels, LABELS_RANK);
    MalformedDataException.require(
        answers.shape[0] == pictures.shape[0],
        labels,
        "must hold one label per image of %s (%d), holds %d",
        images,
        pictures.shape[0],
        answers.shape[0]);
    return pictures.toImages(name, answers.toLabels(classes));
  }

  /**
   * Reads images without labels.
   *
   * @throws MalformedDataException if the file breaks the format
   */
  static ImageSet images(String name, Path file) throws IOException {
    return read(file, IMAGES_RANK).toImages(name, null);
  }

  /**
   * As {@link #images(String, Path)}, from a stream that the caller closes; {@code source} names it
   * in messages.
   */
  static ImageSet images(String name, Object source, InputStream in) throws IOException {
    return read(source, in, IMAGES_RANK).toImages(name, null);
  }

  private static IdxFile read(Path file, int rank) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file, in, rank);
    }
  }

  private static IdxFile read(Object source, InputStream raw, int rank) throws IOException {
    try {
      return parse(source, new DataInputStream(unzipped(new BufferedInputStream(raw))), rank);
    } catch (EOFException e) {
      throw new MalformedDataException(source, "is cut off", e);
    } catch (ZipException e) {
      throw new MalformedDataException(source, "is a damaged gzip file: " + e.getMessage(), e);
    }
  }

  private static InputStream unzipped(BufferedInputStream in) throws IOException {
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    return magic == GZIP_MAGIC ? new BufferedInputStream(new GZIPInputStream(in)) : in;
  }

  private static IdxFile parse(Object source, DataInputStream in, int rank) throws IOException {
    int magic = in.readInt();
    int expected = UNSIGNED_BYTE << 8 | rank;
    MalformedDataException.require(
        magic == expected,
        source,
        "must start with the magic number %#010x (unsigned bytes, rank %d), got %#010x",
        expected,
        rank,
        magic);
    int[] shape = new int[rank];
    long count = 1;
    for (int i = 0; i < rank; i++) {
      shape[i] = in.readInt();
      MalformedDataException.require(
          shape[i] > 0 && shape[i] <= MAX_VALUES / count,
          source,
          "must have dimensions > 0 whose product is <= %d, got %d as dimension %d",
          MAX_VALUES,
          shape[i],
          i);
      count *= shape[i];
    }
    byte[] values = in.readNBytes((int) count);
    MalformedDataException.require(
        values.length == count, source, "is cut off: %d of %d values", values.length, count);
    MalformedDataException.require(
        in.read() < 0, source, "must end after its %d values, but goes on", count);
    return new IdxFile(source, shape, values);
  }

  private ImageSet toImages(String name, int @Nullable [] labels) {
    return ImageSet.wrapping(name, shape[1], shape[2], values, labels);
  }

  private int[] toLabels(int classes) throws MalformedDataException {
    int[] labels = new int[values.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = values[i] & 0xff;
      MalformedDataException.require(
          labels[i] < classes,
          source,
          "must hold labels in [0, %d), got %d at %d",
          classes,
          labels[i],
          i);
    }
    return labels;
  }
}
