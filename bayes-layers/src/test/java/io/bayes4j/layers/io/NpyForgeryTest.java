package io.bayes4j.layers.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NpyForgeryTest {
  private static final byte[] VALID =
      FileBytes.npy(FileBytes.npyHeader("<f4", true, "(1, 2)"), FileBytes.floats(1, 2));

  /** Offsets of fields in the entry of a ZIP file's central directory. */
  private static final int CRC = 16;

  private static final int STORED_SIZE = 20;
  private static final int SIZE = 24;

  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource({"starts", "headers", "shapes"})
  void refuses(byte[] file, String rule) throws IOException {
    Path path = Files.write(folder.resolve("forged.npy"), file);
    assertThatThrownBy(() -> NpyFiles.readNpy(path))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(rule);
  }

  static Stream<Arguments> starts() {
    byte[] otherMagic = VALID.clone();
    otherMagic[0] = 0x50;
    byte[] otherMinor = VALID.clone();
    otherMinor[7] = 1;
    byte[] longHeader = VALID.clone();
    longHeader[9] = 100;
    byte[] longestHeader = FileBytes.npy(2, "{}");
    Arrays.fill(longestHeader, 8, 12, (byte) -1);
    return Stream.of(
        forgery("no bytes", new byte[0], "is empty"),
        forgery("magic", otherMagic, "magic bytes of .npy"),
        forgery("version 0", FileBytes.npy(0, "{}"), "is 0.0"),
        forgery("version 4", FileBytes.npy(4, "{}"), "is 4.0"),
        forgery("version 1.1", otherMinor, "is 1.1"),
        forgery("header length", longHeader, "must have at most 10000 bytes, declares"),
        forgery("4 GiB of header", longestHeader, "at most 10000 bytes, declares 4294967295"),
        forgery("cut header", Arrays.copyOf(VALID, 20), "the header must have"));
  }

  static Stream<Arguments> headers() {
    String shape = "'shape': (1,)";
    String order = "'fortran_order': False";
    return Stream.of(
        header("", "must start with '{'"),
        header("['descr']", "must start with '{'"),
        header("{}", "must have descr, fortran_order and shape"),
        header("{'descr': '<f4', " + order + "}", "must have descr, fortran_order and shape"),
        header("{'descr': '<f4', " + order + ", " + shape, "dictionary of plain values"),
        header("{'descr': '<f4' " + order + "}", "dictionary of plain values"),
        header("{'descr': '<f4'} {", "dictionary of plain values"),
        header("{'descr': [('x', '<f4')], " + order + "}", "dictionary of plain values"),
        header("{'descr': '<f4', 'descr': '<f4'}", "each key once, repeats descr"),
        header("{'color': 3}", "has 'color'"),
        header("{'descr': '>f4'}", "descr must be one of"),
        header("{'descr': '|O'}", "descr must be one of"),
        header("{'descr': '<U5'}", "descr must be one of"),
        header("{'descr': 4}", "descr must be one of"),
        header("{'fortran_order': 0}", "must be True or False, is '0'"),
        header("{'fortran_order': 'True'}", "must be True or False"));
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        shape("(3)", "tuple of whole numbers"),
        shape("(,)", "tuple of whole numbers"),
        shape("(1,,2)", "tuple of whole numbers"),
        shape("(1.0,)", "tuple of whole numbers"),
        shape("('1',)", "tuple of whole numbers"),
        shape("7", "tuple of whole numbers"),
        shape("(-1,)", "must not be negative"),
        shape("(9223372036854775808,)", "below 2^63"),
        shape("(4294967296, 4294967296)", "fewer than 2^63 bytes"),
        shape("(" + "1,".repeat(33) + ")", "at most 32"),
        shape("(1099511627776,)", "must be followed by 4398046511104 bytes of data"),
        shape("(1,)", "must be followed by 4 bytes of data, is followed by 8"),
        shape("(3,)", "must be followed by 12 bytes of data, is followed by 8"));
  }

  @Test
  void refusesAFileCutAnywhere() throws IOException {
    for (int length = 0; length < VALID.length; length++) {
      Path path = Files.write(folder.resolve("cut"), Arrays.copyOf(VALID, length));
      assertThatThrownBy(() -> NpyFiles.readNpy(path))
          .as("%d bytes", length)
          .isInstanceOf(MalformedTensorFileException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void refusesAnArchiveCutAnywhere(int method) throws IOException {
    byte[] zip = FileBytes.zip(method, Map.of("a.npy", VALID));
    assertRefused(new byte[0], "is empty");
    for (int length = 1; length < zip.length; length++) {
      assertRefused(Arrays.copyOf(zip, length), "must be a readable ZIP file");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void readsOrRefusesAnArchiveWithTheFirstOrLastBitOfAnyByteFlipped(int method) throws IOException {
    byte[] zip = FileBytes.zip(method, Map.of("a.npy", VALID));
    for (int i = 0; i < 2 * zip.length; i++) {
      byte[] flipped = zip.clone();
      flipped[i / 2] ^= (byte) (i % 2 == 0 ? 0x01 : 0x80);
      Path path = Files.write(folder.resolve("flipped"), flipped);
      try {
        NpyFiles.readNpz(path)
            .values()
            .forEach(array -> assertThat(array.data().asFloat()).containsExactly(1, 2));
      } catch (MalformedTensorFileException refused) {
        assertThat(refused).hasMessageStartingWith(path.toString());
      }
    }
  }

  @Test
  void refusesArchivesOfOtherThings() throws IOException {
    assertRefused(FileBytes.zip(ZipEntry.STORED, Map.of("a.txt", VALID)), "holds 'a.txt'");
    assertRefused(FileBytes.zip(ZipEntry.STORED, Map.of("a.npy/", VALID)), "holds 'a.npy/'");
    assertRefused(
        FileBytes.zip(ZipEntry.STORED, Map.of("a.npy", new byte[9])),
        "tensor 'a': must start with the magic bytes");
  }

  @Test
  void refusesAnArchiveThatRepeatsAName() throws IOException {
    byte[] zip = FileBytes.zip(ZipEntry.STORED, Map.of("a.npy", VALID, "b.npy", VALID));
    String renamed = new String(zip, ISO_8859_1).replace("b.npy", "a.npy");
    assertRefused(renamed.getBytes(ISO_8859_1), "repeats 'a'");
  }

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void refusesAnArchiveWithForgedNumbers(int method) throws IOException {
    byte[] zip = FileBytes.zip(method, Map.of("a.npy", VALID));
    assertRefused(forged(zip, CRC, 0), "the CRC-32 that the ZIP file declares");
    assertRefused(forged(zip, SIZE, Integer.MAX_VALUE), "must fit its file of " + zip.length);
    assertRefused(forged(zip, STORED_SIZE, Integer.MAX_VALUE), "");
    assertRefused(forged(zip, SIZE, VALID.length + 1), "");
    assertRefused(forged(zip, SIZE, VALID.length - 1), "");
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 1 << 28, Integer.MAX_VALUE, 0xffffffffL, 1L << 40, -1})
  void refusesAnArchiveThatDeclaresMoreEntriesThanFit(long entries) throws IOException {
    byte[] zip = FileBytes.zip(ZipEntry.STORED, Map.of("a.npy", VALID));
    assertRefused(
        FileBytes.zip64(zip, entries, 0), "the " + Long.toUnsignedString(entries) + " entries");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -65536, 1 << 30, Long.MAX_VALUE - 100, Long.MIN_VALUE})
  void refusesAnArchiveThatDeclaresALongerDirectoryThanFits(long extra) throws IOException {
    byte[] zip = FileBytes.zip(ZipEntry.STORED, Map.of("a.npy", VALID));
    assertRefused(FileBytes.zip64(zip, 1, extra), "");
  }

  @ParameterizedTest
  @ValueSource(longs = {1000, -1000, -(1L << 62), Long.MAX_VALUE, Long.MIN_VALUE})
  void refusesAnArchiveWhoseEntriesLieOutsideIt(long offset) throws IOException {
    byte[] zip = FileBytes.zip(ZipEntry.STORED, Map.of("a.npy", VALID));
    ByteBuffer forged = ByteBuffer.wrap(FileBytes.zip64(zip, 1, 0)).order(ByteOrder.LITTLE_ENDIAN);
    int record = zip.length - 22;
    assertRefused(forged.putLong(record + 48, offset).array(), "must be a readable ZIP file");
  }

  private static byte[] forged(byte[] zip, int field, int value) {
    ByteBuffer forged = ByteBuffer.wrap(zip.clone()).order(ByteOrder.LITTLE_ENDIAN);
    int entry = 0;
    while (forged.getInt(entry) != 0x02014b50) {
      entry++;
    }
    return forged.putInt(entry + field, value).array();
  }

  private void assertRefused(byte[] zip, String rule) throws IOException {
    Path path = Files.write(folder.resolve("forged.npz"), zip);
    assertThatThrownBy(() -> NpyFiles.readNpz(path))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(rule);
  }

  private static Arguments forgery(String name, byte[] file, String rule) {
    return Arguments.of(Named.of(name, file), rule);
  }

  private static Arguments header(String header, String rule) {
    return forgery("header " + header, FileBytes.npy(header, FileBytes.floats(1)), rule);
  }

  private static Arguments shape(String shape, String rule) {
    return forgery(
        shape,
        FileBytes.npy(FileBytes.npyHeader("<f4", false, shape), FileBytes.floats(1, 2)),
        rule);
  }
}
