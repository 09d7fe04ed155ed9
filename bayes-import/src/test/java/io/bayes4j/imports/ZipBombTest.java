package io.bayes4j.imports;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.imports.format.MalformedModelFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives whose entries are far longer than the file, or say that they are. */
final class ZipBombTest {
  /** Signature of an entry of a ZIP file's directory, and what it says of its length and name. */
  private static final int ENTRY = 0x02014b50;

  private static final int LENGTH = 24;
  private static final int NAME = 46;

  /** More than a text of a model may have, and 32 times as much as the archive. */
  private static final int LONG = (1 << 26) + 1;

  @TempDir private Path folder;

  /** An archive with an entry of nothing but spaces in the place of another. */
  private Path inflated(String original, String bomb) throws IOException {
    URI source = URI.create(ZipBombTest.class.getResource(original).toString());
    Path file = folder.resolve("bomb");
    try (ZipFile zip = new ZipFile(Path.of(source).toFile());
        OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream out = new ZipOutputStream(stream)) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        if (entry.getName().equals(bomb)) {
          byte[] spaces = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
          for (int left = LONG; left > 0; left -= spaces.length) {
            out.write(spaces, 0, Math.min(left, spaces.length));
          }
        } else {
          try (InputStream in = zip.getInputStream(entry)) {
            in.transferTo(out);
          }
        }
      }
    }
    return file;
  }

  /** The same with another length in the directory. */
  private static void declare(Path file, String name, int length) throws IOException {
    byte[] content = Files.readAllBytes(file);
    ByteBuffer buffer = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    byte[] wanted = name.getBytes(StandardCharsets.US_ASCII);
    for (int at = 0; at + NAME + wanted.length < content.length; at++) {
      ByteBuffer named = buffer.slice(at + NAME, wanted.length);
      if (buffer.getInt(at) == ENTRY && named.equals(ByteBuffer.wrap(wanted))) {
        buffer.putInt(at + LENGTH, length);
      }
    }
    Files.write(file, content);
  }

  private static void refused(Path file, String rule) {
    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(MalformedModelFileException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(rule);
  }

  @ParameterizedTest
  @CsvSource({
    "keras/mnist.keras, config.json, must have at most 67108864 bytes",
    "keras/mnist.keras, metadata.json, must have at most 67108864 bytes",
    "keras/mnist.keras, model.weights.h5, must not be more than 32 times as long",
    "dl4j/lenet.zip, configuration.json, must have at most 67108864 bytes",
    "dl4j/lenet.zip, coefficients.bin, must not be more than 32 times as long"
  })
  void longEntriesAreRefused(String original, String entry, String rule) throws IOException {
    refused(inflated(original, entry), rule);
  }

  /** Four gigabytes are never asked for. */
  @ParameterizedTest
  @CsvSource({"keras/mnist.keras, model.weights.h5", "dl4j/lenet.zip, coefficients.bin"})
  void lengthsThatAreOnlySaidAreRefused(String original, String entry) throws IOException {
    Path file = inflated(original, entry);
    declare(file, entry, -16);

    refused(file, "must not be more than 32 times as long");
  }

  /** What is read ends where the directory says. */
  @ParameterizedTest
  @CsvSource({
    "keras/mnist.keras, config.json, must have at most 67108864 bytes",
    "keras/mnist.keras, model.weights.h5, must be readable HDF5",
    "dl4j/lenet.zip, configuration.json, must have at most 67108864 bytes",
    "dl4j/lenet.zip, coefficients.bin, the name of a type must have at most 64 bytes"
  })
  void entriesLongerThanTheySayAreRefused(String original, String entry, String rule)
      throws IOException {
    Path file = inflated(original, entry);
    declare(file, entry, 1000);

    refused(file, rule);
  }
}
