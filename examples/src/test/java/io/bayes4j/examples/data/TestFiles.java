package io.bayes4j.examples.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Small files in the formats that the example reads. */
final class TestFiles {
  static final int TRAIN = 24;
  static final int TEST = 5;

  private TestFiles() {}

  /** An IDX file of unsigned bytes: header as given, then the values. */
  static byte[] idx(int magic, int[] shape, byte[] values) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + values.length).putInt(magic);
    for (int length : shape) {
      file.putInt(length);
    }
    return file.put(values).array();
  }

  /** Images whose pixels all have the value of the image's index. */
  static byte[] images(int count, int side) {
    byte[] values = new byte[count * side * side];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (i / (side * side));
    }
    return idx(0x803, new int[] {count, side, side}, values);
  }

  /** Labels 0 to 9, over and over. */
  static byte[] labels(int count) {
    byte[] values = new byte[count];
    for (int i = 0; i < count; i++) {
      values[i] = (byte) (i % 10);
    }
    return idx(0x801, new int[] {count}, values);
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** A data set of a few images under MNIST's four names, gzipped. */
  static Map<String, byte[]> smallMnist() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("train-images-idx3-ubyte.gz", gzip(images(TRAIN, 28)));
    files.put("train-labels-idx1-ubyte.gz", gzip(labels(TRAIN)));
    files.put("t10k-images-idx3-ubyte.gz", gzip(images(TEST, 28)));
    files.put("t10k-labels-idx1-ubyte.gz", gzip(labels(TEST)));
    return files;
  }

  /** The sizes and checksums of such a set, as if it were the published one. */
  static MnistFiles published(Map<String, byte[]> files) {
    PublishedFile[] all =
        files.entrySet().stream()
            .map(
                file ->
                    new PublishedFile(
                        file.getKey().replace(".gz", ""),
                        file.getValue().length,
                        PublishedFile.md5Of(file.getValue())))
            .toArray(PublishedFile[]::new);
    return new MnistFiles(all[0], all[1], all[2], all[3]);
  }

  static void write(Path folder, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
  }
}
