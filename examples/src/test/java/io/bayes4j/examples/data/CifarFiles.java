package io.bayes4j.examples.data;

import io.bayes4j.core.random.Noise;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Small files in the format of CIFAR-10: noise, brighter the higher the class. */
public final class CifarFiles {
  private CifarFiles() {}

  /** The six files by name, each with some images. */
  public static Map<String, byte[]> all(int images) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int file = 1; file <= 5; file++) {
      files.put("data_batch_" + file + ".bin", file(images, file));
    }
    files.put("test_batch.bin", file(images, 6));
    return files;
  }

  private static byte[] file(int images, int seed) {
    int record = 1 + ColourImages.BYTES;
    float[] uniforms = new float[images * record];
    Noise.seeded(seed).uniforms(uniforms, 0, uniforms.length, 0);
    byte[] bytes = new byte[uniforms.length];
    for (int i = 0; i < bytes.length; i++) {
      int label = i / record % 10;
      bytes[i] = (byte) (i % record == 0 ? label : label * 20 + uniforms[i] * 50);
    }
    return bytes;
  }

  /** Writes the files to a folder. */
  public static void write(Path folder, int images) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> file : all(images).entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
  }

  /** The archive as it is published. */
  static byte[] archive(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry("cifar-10-batches-bin/" + file.getKey());
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
