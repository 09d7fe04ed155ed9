package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.NpyFiles;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.TensorFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints and arrays with something changed in their headers: each is loaded, or refused with
 * an error that names the file, and a model that refuses is unchanged.
 */
final class MutatedCheckpointTest {
  private static final List<String> TOKENS =
      List.of(
          "null",
          "[]",
          "{}",
          "[null]",
          "-1",
          "1e999",
          "NaN",
          "\"\"",
          "0",
          "99999999999999999999",
          "true",
          "[[[[",
          "}",
          ",",
          "\"F64\"",
          "2147483648",
          "-0.0",
          "\\u0000",
          "(1,)",
          "1,".repeat(999));

  @TempDir private Path folder;

  private Noise noise = Noise.seeded(7);

  /** A whole number in [0, n). */
  private int below(int n) {
    noise = noise.split(1);
    return Math.min(n - 1, (int) (n * noise.uniforms(1).getFloat(0)));
  }

  @FunctionalInterface
  private interface Reading {
    void read() throws IOException;
  }

  /** Whether it was read; an error must be one of the documented kinds and name the file. */
  private static boolean isRead(Path file, String mutation, Reading reading) {
    try {
      reading.read();
      return true;
    } catch (IOException | IllegalArgumentException e) {
      assertThat(e.getMessage()).as(mutation).contains(file.getFileName().toString());
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError(mutation, e);
    }
  }

  /** Replaces a stretch that begins at a mark of the format by a token, or changes one byte. */
  private byte[] mutated(byte[] text) {
    String old = new String(text, StandardCharsets.ISO_8859_1);
    int from = below(old.length());
    if (below(3) == 0) {
      byte[] changed = text.clone();
      changed[from] ^= (byte) (1 << below(7));
      return changed;
    }
    int to = Math.min(old.length(), from + below(12));
    String token = TOKENS.get(below(TOKENS.size()));
    return (old.substring(0, from) + token + old.substring(to))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private byte[] withMutatedHeader(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong(0);
    byte[] header = mutated(Arrays.copyOfRange(file, Long.BYTES, Long.BYTES + length));
    byte[] data = Arrays.copyOfRange(file, Long.BYTES + length, file.length);
    long declared = below(8) == 0 ? length : header.length;
    return ByteBuffer.allocate(Long.BYTES + header.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(declared)
        .put(header)
        .put(data)
        .array();
  }

  @Test
  void aCheckpointIsLoadedOrRefusedAsAWhole() throws IOException {
    Path good = folder.resolve("good.safetensors");
    Runs.trainer(Runs.model()).epochs(1).checkpoint(good).build().fit();
    byte[] bytes = Files.readAllBytes(good);
    Path file = folder.resolve("mutated.safetensors");
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      byte[] mutated = withMutatedHeader(bytes);
      Files.write(file, mutated);
      refused += refuses(file, "mutation " + i) ? 1 : 0;
    }
    assertThat(refused).isBetween(100, 200);
  }

  @Test
  void theRecordOfATrainingIsReadOrRefusedAsAWhole() throws IOException {
    Path good = folder.resolve("good.safetensors");
    Runs.trainer(Runs.model()).epochs(2).checkpoint(good).build().fit();
    TensorFile content = SafeTensors.read(good);
    Path file = folder.resolve("mutated.safetensors");
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      Map<String, String> words = new LinkedHashMap<>(content.metadata());
      String key = i % 2 == 0 ? "bayes4j.history" : "bayes4j.settings";
      byte[] text = mutated(words.get(key).getBytes(StandardCharsets.UTF_8));
      words.put(key, new String(text, StandardCharsets.ISO_8859_1));
      SafeTensors.write(file, content.tensors(), words);
      refused += refuses(file, key + " " + words.get(key)) ? 1 : 0;
    }
    assertThat(refused).isBetween(75, 150);
  }

  /** Loads and resumes; what is refused must leave the model as it was. */
  private static boolean refuses(Path file, String mutation) {
    Sequential model = Runs.model();
    Map<String, double[]> before = Runs.numbers(model);
    boolean resumed =
        isRead(
            file,
            mutation,
            () -> Runs.trainer(model).epochs(1).checkpoint(file).resume().build().fit());
    if (!resumed) {
      Runs.assertSame(model, before);
    }
    Sequential other = Runs.model();
    if (!isRead(file, mutation, () -> Checkpoint.load(other, file))) {
      Runs.assertSame(other, before);
    }
    return !resumed;
  }

  @Test
  void anArrayIsReadOrRefused() throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
    Path file = folder.resolve("mutated.npy");
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] mutated = mutated(header.getBytes(StandardCharsets.ISO_8859_1));
      ByteBuffer bytes = ByteBuffer.allocate(10 + mutated.length + 24);
      bytes
          .order(ByteOrder.LITTLE_ENDIAN)
          .put((byte) 0x93)
          .put("NUMPY".getBytes(StandardCharsets.US_ASCII));
      bytes.put((byte) 1).put((byte) 0).putShort((short) mutated.length).put(mutated);
      Files.write(file, bytes.array());
      String text = new String(mutated, StandardCharsets.ISO_8859_1);
      refused += isRead(file, text, () -> NpyFiles.readNpy(file)) ? 0 : 1;
    }
    assertThat(refused).isBetween(500, 1000);
  }
}
