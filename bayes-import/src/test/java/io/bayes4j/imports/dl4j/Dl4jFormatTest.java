package io.bayes4j.imports.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Var;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.UnsupportedModelException;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.io.NpyFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Files of Deeplearning4j with its own outputs: programs in src/test/dl4j make them. */
class Dl4jFormatTest {
  static Path file(String name) {
    return Path.of(URI.create(Dl4jFormatTest.class.getResource(name).toString()));
  }

  /**
   * Axes of Deeplearning4j's sequences are [N, features, T].
   *
   * @param turns which of input (1) and output (2) are sequences here
   */
  @ParameterizedTest
  @CsvSource({
    "lenet, 0",
    "same, 0",
    "depthwise, 0",
    "volumes, 0",
    "lstm, 3",
    "graves, 1",
    "graves-both, 3",
    "selu, 0",
    "bidirectional, 1",
    "signals, 0",
    "embedding, 0",
    "graph, 0",
    "lenet-1.0.0-beta6, 0",
    "graves-1.0.0-beta6, 1",
    "conv1d-1.0.0-beta6, 0",
    "graph-1.0.0-beta6, 0",
    "lenet-0.5.0, 0",
    "graves-0.5.0, 3",
    "functions-0.5.0, 0",
    "embedding-0.5.0, 0",
    "graph-0.5.0, 0",
    "lenet-0.6.0, 0",
    "graves-0.6.0, 3",
    "functions-0.6.0, 0",
    "embedding-0.6.0, 0",
    "graph-0.6.0, 0",
    "lenet-0.7.2, 0",
    "graves-0.7.2, 3",
    "functions-0.7.2, 0",
    "embedding-0.7.2, 0",
    "graph-0.7.2, 0",
    "lenet-0.8.0, 0",
    "graves-0.8.0, 3",
    "functions-0.8.0, 0",
    "embedding-0.8.0, 0",
    "graph-0.8.0, 0",
    "pools-0.9.1, 0",
    "lenet-0.9.1, 0",
    "graves-0.9.1, 1",
    "conv1d-0.9.1, 0",
    "graph-0.9.1, 0"
  })
  void computesWhatDeeplearning4jComputes(String name, int turns) throws IOException {
    ImportedModel imported = ModelFile.read(file(name + ".zip"));

    INDArray x = NpyFiles.readNpy(file(name + "-input.npy"));
    INDArray y = NpyFiles.readNpy(file(name + "-output.npy"));
    INDArray input = (turns & 1) == 0 ? x : x.permute(0, 2, 1).dup('c');
    INDArray wanted = (turns & 2) == 0 ? y : y.permute(0, 2, 1).dup('c');
    INDArray in = name.startsWith("embedding") ? input.reshape(input.length()) : input;
    INDArray logits = imported.model().forward(Var.constant(in), Pass.mean()).value();
    assertThat(imported.notes()).anyMatch(note -> note.startsWith("the softmax"));
    INDArray given = Nd4j.nn.softmax(logits.dup('c'), logits.rank() - 1);
    assertThat(given.shape()).isEqualTo(wanted.shape());
    float[] a = given.dup('c').data().asFloat();
    float[] b = wanted.dup('c').data().asFloat();
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - b[i])).as("%d: %s, %s", i, a[i], b[i]).isLessThan(1e-5f * b[i]);
    }
  }

  @Test
  void normalizationsWhoseStatisticsWereNotSavedAreRefused() {
    Path file = file("norm-0.5.0.zip");

    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("means and variances, which Deeplearning4j 0.5 does not save");
  }

  @Test
  void numbersThatEndBeforeTheLayersAreNamed(@TempDir Path folder) throws IOException {
    byte[] whole = Files.readAllBytes(file("lenet.zip"));
    for (int length = whole.length - 40; length > 30; length -= 97) {
      Path cut = Files.write(folder.resolve("cut.zip"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> new Dl4jFormat().read(cut))
          .isInstanceOf(MalformedModelFileException.class)
          .hasMessageStartingWith(cut.toString());
    }
  }
}
