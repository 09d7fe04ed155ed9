package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.testing.Mutants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Changes PyTorch's files at random: each is read, or refused as malformed, and nothing else.
 *
 * <p>A build tries a few; {@code -Dbayes4j.mutants=100000} tries more.
 */
class ForgedTorchFilesTest {
  private static final int MUTANTS = Integer.getInteger("bayes4j.mutants", 200);

  /** Another number, other mutants. */
  private static final long FIRST = Long.getLong("bayes4j.firstMutant", 0);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "layouts.pt",
        "layouts-legacy.pt",
        "layouts-protocol5.pt",
        "others.pt",
        "types-legacy.pt",
        "checkpoint.pth",
        "old.pt",
        "module.pt"
      })
  void mutantsAreReadOrRefused(String name) throws IOException {
    Mutants mutants = Mutants.of(TorchFilesTest.file(name));
    Path file = folder.resolve("mutant.pt");
    int refused = 0;
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = mutants.next(FIRST + i);
      Files.write(file, mutant);
      try {
        TorchStateDict.read(file);
      } catch (MalformedTensorFileException e) {
        assertThat(e).hasMessageStartingWith(file.toString());
        refused++;
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageStartingWith("file must be one of torch.save");
      } catch (RuntimeException | Error e) {
        Path kept = Path.of(System.getProperty("java.io.tmpdir"), "mutant-" + i);
        throw new AssertionError("mutant kept at " + Files.write(kept, mutant), e);
      }
    }
    assertThat(refused).isPositive();
  }
}
