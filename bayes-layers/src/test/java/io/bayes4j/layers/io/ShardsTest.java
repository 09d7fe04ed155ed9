package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ShardsTest {
  @TempDir private Path folder;

  private final INDArray a = Nd4j.createFromArray(1f, 2f);
  private final INDArray b = Nd4j.createFromArray(3f);

  @BeforeEach
  void write() throws IOException {
    SafeTensors.write(folder.resolve("1.safetensors"), Map.of("a", a), Map.of());
    SafeTensors.write(folder.resolve("2.safetensors"), Map.of("b", b), Map.of());
  }

  private Path index(String json) throws IOException {
    return Files.writeString(folder.resolve("model.safetensors.index.json"), json);
  }

  @Test
  void readsAllFiles() throws IOException {
    Path index =
        index(
            "{\"metadata\": {\"total_size\": 12}, \"weight_map\":"
                + " {\"b\": \"2.safetensors\", \"a\": \"1.safetensors\"}}");

    assertThat(TorchStateDict.read(index).tensors()).isEqualTo(Map.of("a", a, "b", b));
  }

  @Test
  void readsPytorchFilesToo() throws IOException {
    Files.copy(TorchFilesTest.file("parameters.pt"), folder.resolve("pytorch_model-1.bin"));
    Map<String, INDArray> whole =
        TorchStateDict.read(TorchFilesTest.file("parameters.pt")).tensors();
    StringBuilder map = new StringBuilder();
    whole.keySet().forEach(name -> map.append("\"" + name + "\": \"pytorch_model-1.bin\","));

    Path index = index("{\"weight_map\": {" + map.substring(0, map.length() - 1) + "}}");

    assertThat(TorchStateDict.read(index).tensors()).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"weight_map\": {\"a\": \"1.safetensors\", \"c\": \"1.safetensors\"}}|'c' must be in '1",
        "{\"weight_map\": {\"a\": \"1.safetensors\", \"b\": \"1.safetensors\"}}|'b' must be in '1",
        "{\"weight_map\": {\"c\": \"1.safetensors\"}}|but not 'a' of '1.safetensors'",
        "{\"weight_map\": {\"a\": \"../1.safetensors\"}}|must be in a file of the same folder",
        "{\"weight_map\": {\"a\": \"/1.safetensors\"}}|must be in a file of the same folder",
        "{\"weight_map\": {\"a\": \"..\"}}|must be in a file of the same folder",
        "{\"weight_map\": {\"a\": 1}}|must be in a file of the same folder",
        "{\"weight_map\": []}|must be a JSON object",
        "{\"weight\": {}}|must have a \"weight_map\"",
        "{\"weight_map\": {\"a\": \"1.safetensors\"|valid JSON"
      })
  void refusesForgedIndices(String json, String words) throws IOException {
    Path index = index(json);

    assertThatThrownBy(() -> TorchStateDict.read(index))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageContaining(words);
  }
}
