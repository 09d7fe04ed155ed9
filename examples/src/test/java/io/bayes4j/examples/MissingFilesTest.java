package io.bayes4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about files that are not there. */
final class MissingFilesTest {
  @TempDir private Path folder;

  private static String error(String... words) {
    StringWriter err = new StringWriter();
    int exit = Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err), words);
    assertThat(exit).isEqualTo(1);
    return err.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cifar predict any.png --checkpoint",
        "mnist evaluate --checkpoint",
        "mnist predict any.png --checkpoint"
      })
  void aMissingFileIsSaidToBeMissing(String command) {
    Path file = folder.resolve("none.safetensors");

    assertThat(error((command + " " + file).split(" ")))
        .contains("error: " + file + ": there is no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none.pth", "none.safetensors", "none"})
  void missingWeightsAreNotCalledOfAnotherFormat(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(folder.resolve("pictures/ant"));
    Files.write(folder.resolve("pictures/ant/1.jpg"), new byte[1]);
    String pictures = folder.resolve("pictures").toString();
    String report = folder.resolve("page.html").toString();

    assertThat(
            error(
                "imagenet",
                "evaluate",
                "--data",
                pictures,
                "--report",
                report,
                "--weights",
                "" + file))
        .contains("error: " + file + ": there is no such file");
  }

  @Test
  void aFileThatJavaNamesAloneIsSaidToBeMissing() {
    Path file = folder.resolve("none.png");

    assertThat(Main.words(new NoSuchFileException(file.toString())))
        .isEqualTo(file + ": there is no such file or folder");
    assertThat(Main.words(new UncheckedIOException(new AccessDeniedException(file.toString()))))
        .isEqualTo(file + ": access is denied");
  }
}
