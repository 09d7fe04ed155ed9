package io.bayes4j.imports;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of files that hold no network. */
final class ModelFileTest {
  @TempDir private Path folder;

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("file"), content, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PK\u0003\u0004 state/data.pkl and more",
        "\u0080\u0002\u008a\n and more",
        "\u0018\0\0\0\0\0\0\0{\"weight\":{\"dtype\":\"F32\"}}"
      })
  void weightsWithoutANetworkAreNamed(String content) throws IOException {
    Path file = file(content);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelFile.read(file))
        .withMessageContaining("got " + file)
        .withMessageContaining("TorchStateDict");
  }

  @Test
  void otherFilesAreNoModels() throws IOException {
    Path file = file("root:x:0:0");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelFile.read(file))
        .withMessage("file must be of a known format (Keras, Deeplearning4j, ONNX), got %s", file);
  }
}
