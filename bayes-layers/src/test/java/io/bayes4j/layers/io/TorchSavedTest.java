package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Models written for PyTorch; that PyTorch itself loads them is checked by torch_saved.py, and that
 * they are what it would write by {@code TorchvisionTest} and {@code AttentionGoldenTest}.
 */
final class TorchSavedTest {
  private static final AttentionSpec SPEC = AttentionSpec.of(4, 2);

  @TempDir private Path folder;

  private Map<String, INDArray> saved(Layer model) throws IOException {
    Path file = folder.resolve("saved.safetensors");
    TorchStateDict.save(model, file);
    TensorFile content = SafeTensors.read(file);
    assertThat(content.metadata()).containsExactly(Map.entry("format", "pt"));
    return content.tensors();
  }

  static Stream<String> names() {
    return SavedForTorch.networks().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void whatIsWrittenIsReadAgain(String name) throws IOException {
    Layer model = SavedForTorch.networks().get(name);
    SavedForTorch.stir(model);
    saved(model);
    Layer other = SavedForTorch.networks().get(name);

    TorchStateDict.load(other, folder.resolve("saved.safetensors"));

    assertThat(StateDict.of(other)).isEqualTo(StateDict.of(model));
  }

  @Test
  void projectionsOfAttentionAreStackedAsPyTorchStacksThem() throws IOException {
    Layer attention = new MultiheadAttention(SPEC, Init.seeded(1));
    SavedForTorch.stir(attention);
    Map<String, INDArray> own = StateDict.of(attention);

    Map<String, INDArray> saved = saved(attention);

    assertThat(saved)
        .containsOnlyKeys("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias");
    assertThat(saved.get("in_proj_weight").shape()).containsExactly(12, 4);
    double[] weights = Doubles.of(saved.get("in_proj_weight"));
    double[] biases = Doubles.of(saved.get("in_proj_bias"));
    String[] projections = {"q_proj", "k_proj", "v_proj"};
    for (int i = 0; i < 3; i++) {
      assertThat(Arrays.copyOfRange(weights, 16 * i, 16 * (i + 1)))
          .isEqualTo(Doubles.of(own.get(projections[i] + ".weight")));
      assertThat(Arrays.copyOfRange(biases, 4 * i, 4 * (i + 1)))
          .isEqualTo(Doubles.of(own.get(projections[i] + ".bias")));
    }
  }

  @Test
  void bayesianProjectionsArePackedAtTheirMeans() throws IOException {
    Layer plain = new MultiheadAttention(SPEC, Init.seeded(1));
    Layer bayesian = SavedForTorch.bayesian(new MultiheadAttention(SPEC, Init.seeded(1)));
    SavedForTorch.stir(plain);
    Map<String, INDArray> written = saved(plain);
    TorchStateDict.load(bayesian, written);

    assertThat(saved(bayesian)).isEqualTo(written);
  }

  @Test
  void tiedLayersAreThereAtEachPlace() throws IOException {
    Map<String, INDArray> saved = saved(new SavedForTorch.Tied());

    assertThat(saved).containsKeys("encoder.weight", "decoder.weight", "decoder.bias");
    assertThat(saved.get("decoder.weight")).isEqualTo(saved.get("encoder.weight"));
    Map<String, INDArray> other = new LinkedHashMap<>(saved);
    other.put("decoder.weight", Samples.normals(9, 4, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchStateDict.load(new SavedForTorch.Tied(), other))
        .withMessageContaining("decoder.weight must be encoder.weight");
  }

  @Test
  void projectionsThatPyTorchCannotPackAreNamed() throws IOException {
    MultiheadAttention attention = new MultiheadAttention(SPEC, Init.seeded(1));
    IdentityHashMap<Layer, Layer> replacements = new IdentityHashMap<>();
    for (Slot<?> slot : attention.slots()) {
      if (slot.name().equals("k_proj")) {
        replacements.put(slot.layer(), Sequential.of(new Linear(4, 4, Init.seeded(2))));
      }
    }
    Layers.replace(attention, replacements);
    Path file = Files.writeString(folder.resolve("older.safetensors"), "older");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchStateDict.save(Sequential.of(attention), file))
        .withMessageContaining("0.k_proj.weight must be an array of shape [4, 4]")
        .withMessageContaining("got none");
    assertThat(file).hasContent("older");
  }

  @Test
  void numbersThatNoModelMayHaveAreNamed() {
    Linear linear = new Linear(2, 2, Init.seeded(1));
    linear.parameters().get("bias").value().putScalar(1, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchStateDict.save(linear, folder.resolve("none.safetensors")))
        .withMessageContaining("bias must be finite");
    assertThat(folder.resolve("none.safetensors")).doesNotExist();
  }
}
