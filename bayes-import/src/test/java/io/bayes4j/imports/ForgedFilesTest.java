package io.bayes4j.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.testing.Mutants;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.UnsupportedModelException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Changes files at random: each is read, or refused as malformed or unsupported, and nothing else.
 *
 * <p>A build tries a few; {@code -Dbayes4j.mutants=100000} tries more.
 */
class ForgedFilesTest {
  private static final int MUTANTS = Integer.getInteger("bayes4j.mutants", 40);

  /** Another number, other mutants. */
  private static final long FIRST = Long.getLong("bayes4j.firstMutant", 0);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keras/mnist-k3.h5",
        "keras/lstm-k1.h5",
        "keras/nested.keras",
        "keras/bilstm.keras",
        "dl4j/lenet.zip",
        "dl4j/graph.zip",
        "dl4j/graves-0.9.1.zip"
      })
  void mutantsAreReadOrRefused(String name) throws IOException {
    URI uri = URI.create(ForgedFilesTest.class.getResource(name).toString());
    Mutants mutants = Mutants.of(Path.of(uri));
    Map<String, Integer> outcomes = new LinkedHashMap<>();
    Path file = folder.resolve("mutant");
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = mutants.next(FIRST + i);
      Files.write(file, mutant);
      outcomes.merge(outcome(file, mutant, i), 1, Integer::sum);
    }
    assertThat(outcomes).containsKey("refused");
  }

  private static String outcome(Path file, byte[] mutant, int number) throws IOException {
    try {
      ModelFile.read(file);
      return "read";
    } catch (MalformedModelFileException | UnsupportedModelException e) {
      assertThat(e).hasMessageStartingWith(file.toString());
      return "refused";
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("file must be of a known format");
      return "unknown";
    } catch (Throwable e) {
      Path kept = Path.of(System.getProperty("java.io.tmpdir"), "mutant-" + number);
      Files.write(kept, mutant);
      throw new AssertionError("mutant kept at " + kept, e);
    }
  }
}
