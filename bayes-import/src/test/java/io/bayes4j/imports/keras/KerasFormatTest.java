package io.bayes4j.imports.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Var;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.UnsupportedModelException;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.io.NpyFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Files of Keras 1, 2 and 3 with its own outputs: src/test/python/keras_files.py makes them. */
class KerasFormatTest {
  static Stream<String> files() throws IOException {
    try (Stream<Path> all = Files.list(folder())) {
      return all
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".keras") || name.endsWith(".h5"))
          .filter(name -> !name.startsWith("unknown"))
          .sorted()
          .toList()
          .stream();
    }
  }

  private static Path folder() {
    return Path.of(URI.create(KerasFormatTest.class.getResource("mnist.npz").toString()))
        .getParent();
  }

  @ParameterizedTest
  @MethodSource("files")
  void computesWhatKerasComputes(String name) throws IOException {
    ImportedModel imported = ModelFile.read(folder().resolve(name));

    Path arrays = folder().resolve(name.substring(0, name.lastIndexOf('.')) + ".npz");
    Map<String, INDArray> keras = NpyFiles.readNpz(arrays);
    INDArray x = keras.get("input");
    List<Long> declared = imported.inputShape();
    boolean moved = imported.notes().stream().anyMatch(note -> note.startsWith("input "));
    INDArray input = moved ? channelsFirst(x) : x;
    assertThat(declared).hasSize(x.rank());
    IntStream.range(1, x.rank())
        .forEach(axis -> assertThat(declared.get(axis)).isIn(-1L, input.size(axis)));
    INDArray y = run(imported, keras, input);
    boolean softmax = imported.notes().stream().anyMatch(note -> note.startsWith("the softmax"));
    INDArray expected = keras.get("output");
    boolean images = imported.notes().stream().anyMatch(note -> note.startsWith("output of"));
    INDArray wanted = images ? channelsFirst(expected) : expected;
    INDArray given = softmax ? Transforms.softmax(y.dup(), true) : y;
    assertThat(given.shape()).isEqualTo(wanted.shape());
    float[] a = given.dup('c').data().asFloat();
    float[] b = wanted.dup('c').data().asFloat();
    float largest = 0;
    for (float number : b) {
      largest = Math.max(largest, Math.abs(number));
    }
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - b[i]))
          .as("%s: element %d is %s, in Keras %s", name, i, a[i], b[i])
          .isLessThanOrEqualTo(1e-5f * largest);
    }
  }

  private static INDArray run(ImportedModel imported, Map<String, INDArray> keras, INDArray input) {
    if (!keras.containsKey("input_2")) {
      return imported.model().forward(Var.constant(input), Pass.mean()).value();
    }
    INDArray second = keras.get("input_2");
    List<Var> given =
        List.of(
            Var.constant(input), Var.constant(second.rank() == 4 ? channelsFirst(second) : second));
    return Pass.mean().run((Graph) imported.model(), given).value();
  }

  private static INDArray channelsFirst(INDArray x) {
    int[] axes =
        IntStream.range(0, x.rank()).map(i -> i == 0 ? 0 : i == 1 ? x.rank() - 1 : i - 1).toArray();
    return x.permute(axes).dup('c');
  }

  /**
   * Keras divides by what it calls a scale; with its 8-bit inputs it comes near what floats give.
   */
  @Test
  void weightsOfEightBitsAreDividedByKerasScale() throws IOException {
    ImportedModel imported = ModelFile.read(folder().resolve("int8.keras"));
    Map<String, INDArray> keras = NpyFiles.readNpz(folder().resolve("int8.npz"));

    INDArray y = run(imported, keras, keras.get("input"));

    double apart = y.sub(keras.get("own")).amaxNumber().doubleValue();
    assertThat(apart).isLessThan(0.03 * keras.get("own").amaxNumber().doubleValue());
    assertThat(imported.notes()).filteredOn(note -> note.contains("weights of 8 bits")).hasSize(3);
  }

  @Test
  void listsAllThatIsUnknown() {
    assertThatThrownBy(() -> ModelFile.read(folder().resolve("unknown.keras")))
        .isInstanceOfSatisfying(
            UnsupportedModelException.class,
            e ->
                assertThat(e.unsupported())
                    .hasSize(2)
                    .anyMatch(text -> text.startsWith("UnitNormalization \""))
                    .anyMatch(text -> text.startsWith("Masking \"")));
  }
}
