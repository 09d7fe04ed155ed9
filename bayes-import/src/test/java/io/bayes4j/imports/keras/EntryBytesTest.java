package io.bayes4j.imports.keras;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries of archives as memory. */
final class EntryBytesTest {
  private static final String NAME = "model.weights.h5";

  /** More than is copied to the heap. */
  private static final int LONG = (1 << 20) + 12_345;

  @TempDir private Path folder;

  private static byte[] numbers(int length) {
    float[] uniforms = new float[length];
    Noise.seeded(1).uniforms(uniforms, 0, length, 0);
    byte[] numbers = new byte[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = (byte) (256 * uniforms[i]);
    }
    return numbers;
  }

  private Path archive(int method, byte[] content) throws IOException {
    Path file = folder.resolve("archive.keras");
    try (OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream out = new ZipOutputStream(stream)) {
      out.setComment("a comment at the end");
      out.putNextEntry(new ZipEntry("metadata.json"));
      out.write('{');
      ZipEntry entry = new ZipEntry(NAME);
      entry.setMethod(method);
      entry.setExtra(new byte[] {0x34, 0x12, 2, 0, 5, 6});
      if (method == ZipEntry.STORED) {
        CRC32 check = new CRC32();
        check.update(content);
        entry.setCrc(check.getValue());
        entry.setSize(content.length);
      }
      out.putNextEntry(entry);
      out.write(content);
    }
    return file;
  }

  private static boolean holds(Path file, byte[] content, boolean inPlace) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile());
        EntryBytes entry = EntryBytes.of(file, zip, zip.getEntry(NAME))) {
      assertThat(entry.isInPlace()).isEqualTo(inPlace);
      return entry.bytes().equals(ByteBuffer.wrap(content));
    }
  }

  @Test
  void whatLiesThereAsItIsIsNotCopied() throws IOException {
    byte[] content = numbers(LONG);

    assertThat(holds(archive(ZipEntry.STORED, content), content, true)).isTrue();
  }

  @Test
  void whatIsPackedIsCopied() throws IOException {
    byte[] content = numbers(LONG);

    assertThat(holds(archive(ZipEntry.DEFLATED, content), content, false)).isTrue();
  }

  @Test
  void smallEntriesAreCopied() throws IOException {
    byte[] content = numbers(1000);

    assertThat(holds(archive(ZipEntry.STORED, content), content, false)).isTrue();
  }
}
