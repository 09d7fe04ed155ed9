package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Feeds the readers whatever Jazzer thinks of: a file is read, or is refused as malformed, and
 * nothing else.
 *
 * <p>A build runs the seeds alone. To search for more, run one method as {@code JAZZER_FUZZ=1 mvn
 * test -pl bayes-layers -am -Djazzer.hooks=true -Dtest=TensorFileFuzzTest#safeTensors
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
final class TensorFileFuzzTest {
  private static final byte[] FLOATS = FileBytes.floats(1, Float.NaN);

  @TempDir private static Path folder;

  private static Path file;
  private static Path copy;

  @BeforeAll
  static void nameFiles() {
    file = folder.resolve("fuzzed");
    copy = folder.resolve("copy");
  }

  @MethodSource("safeTensorsSeeds")
  @FuzzTest(maxDuration = "2m")
  void safeTensors(byte[] bytes) throws IOException {
    TensorFile content;
    try {
      content = SafeTensors.read(Files.write(file, bytes));
    } catch (MalformedTensorFileException refused) {
      assertThat(refused).hasMessageStartingWith(file.toString());
      return;
    }
    SafeTensors.write(copy, content.tensors(), content.metadata());
    TensorFile again = SafeTensors.read(copy);
    assertThat(again.metadata()).isEqualTo(content.metadata());
    assertThat(again.tensors().keySet()).containsExactlyElementsOf(content.tensors().keySet());
  }

  @MethodSource("npySeeds")
  @FuzzTest(maxDuration = "2m")
  void npy(byte[] bytes) throws IOException {
    try {
      assertThat(NpyFiles.readNpy(Files.write(file, bytes)).length()).isNotNegative();
    } catch (MalformedTensorFileException refused) {
      assertThat(refused).hasMessageStartingWith(file.toString());
    }
  }

  @MethodSource("npzSeeds")
  @FuzzTest(maxDuration = "2m")
  void npz(byte[] bytes) throws IOException {
    try {
      assertThat(NpyFiles.readNpz(Files.write(file, bytes))).isNotNull();
    } catch (MalformedTensorFileException refused) {
      assertThat(refused).hasMessageStartingWith(file.toString());
    }
  }

  static Stream<byte[]> safeTensorsSeeds() {
    return Stream.of(
        FileBytes.safeTensors("{}"),
        FileBytes.safeTensors(
            "{\"__metadata__\":{\"k\":\"v\"},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}",
            FLOATS),
        FileBytes.safeTensors(
            "{\"h\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[0,2]},"
                + "\"b\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[2,3]},"
                + "\"e\":{\"dtype\":\"I64\",\"shape\":[0,9],\"data_offsets\":[3,3]}}  ",
            new byte[] {1, 2, 1}));
  }

  static Stream<byte[]> npySeeds() {
    return Stream.of(
        FileBytes.npy(FileBytes.npyHeader("<f4", false, "(2,)"), FLOATS),
        FileBytes.npy(2, FileBytes.npyHeader("<f4", true, "(1, 2)"), FLOATS),
        FileBytes.npy(3, FileBytes.npyHeader("<f8", false, "()"), FLOATS));
  }

  static Stream<byte[]> npzSeeds() {
    byte[] npy = FileBytes.npy(FileBytes.npyHeader("<f4", true, "(1, 2)"), FLOATS);
    byte[] stored = FileBytes.zip(ZipEntry.STORED, Map.of("a.npy", npy));
    return Stream.of(
        stored,
        FileBytes.zip64(stored, 1, 0),
        FileBytes.zip(ZipEntry.DEFLATED, Map.of("a.npy", npy, "b.npy", npy)));
  }
}
