package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.TorchStateDict.Loaded;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** States of PyTorch as its users have them: wrapped, in other types, with more than is needed. */
class TorchWrappersTest {
  @TempDir private Path folder;

  private static Sequential network(long seed) {
    Init init = Init.seeded(seed);
    return Sequential.of(
        new Linear(3, 4, init), new BatchNorm1d(4), Activation.RELU, new Linear(4, 2, init));
  }

  private static Map<String, INDArray> renamed(UnaryOperator<String> name) {
    Map<String, INDArray> state = new LinkedHashMap<>();
    StateDict.copyOf(network(1)).forEach((own, array) -> state.put(name.apply(own), array));
    return state;
  }

  private static void assertLoaded(Layer model) {
    assertThat(StateDict.of(model)).isEqualTo(StateDict.of(network(1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "module.",
        "_orig_mod.",
        "model.",
        "module._orig_mod.",
        "_orig_mod.module.",
        "model._orig_mod.",
        "model.module._orig_mod.",
        "module.model.",
        "model.model."
      })
  void wrappersAreLeftOutAndQuoted(String wrapper) {
    Map<String, INDArray> state = renamed(name -> wrapper + name);
    state.put(wrapper + "1.num_batches_tracked", Nd4j.scalar(DataType.INT64, 7));
    Sequential model = network(2);
    Loaded loaded = TorchStateDict.load(model, state);
    assertLoaded(model);
    assertThat(loaded.wrapper()).isEqualTo(wrapper);
    assertThat(loaded.skipped()).containsExactly(wrapper + "1.num_batches_tracked");
    assertThat(loaded).asString().contains('"' + wrapper + '"');
  }

  /** A part of the network that was compiled, and what a training framework keeps beside it. */
  @Test
  void aWrapperInTheMiddleAndArraysBesideTheModel() {
    Map<String, INDArray> state = renamed(name -> "model." + name.replace("3.", "3._orig_mod."));
    state.put("criterion.weight", Nd4j.ones(2));
    Sequential model = network(2);
    Loaded loaded = TorchStateDict.load(model, state);
    assertLoaded(model);
    assertThat(loaded.wrapper()).isEqualTo("model.");
    assertThat(loaded.skipped()).containsExactly("criterion.weight");
  }

  /** A name of the model's own that a wrapper might have given is no wrapper. */
  @ParameterizedTest
  @CsvSource({"'',''", "module.,module."})
  void aModelWithSuchNamesKeepsThem(String wrapper, String expected) {
    Layer source = named(1);
    Layer model = named(2);
    Map<String, INDArray> state = new LinkedHashMap<>();
    StateDict.copyOf(source).forEach((name, array) -> state.put(wrapper + name, array));
    assertThat(TorchStateDict.load(model, state).wrapper()).isEqualTo(expected);
    assertThat(StateDict.of(model)).isEqualTo(StateDict.of(source));
  }

  private static Layer named(long seed) {
    return new Named(new Linear(3, 2, Init.seeded(seed)));
  }

  private static final class Named extends io.bayes4j.layers.Block {
    private final io.bayes4j.layers.Slot<Layer> model;

    Named(Layer layer) {
      model = slot("model", layer);
    }

    @Override
    public io.bayes4j.core.graph.Var forward(
        io.bayes4j.core.graph.Var x, io.bayes4j.layers.Pass pass) {
      return model.forward(x, pass);
    }
  }

  @Test
  void errorsUseTheNamesOfTheFile() {
    Map<String, INDArray> state = renamed(name -> "module." + name);
    state.put("module.0.weight", Nd4j.ones(7, 7));
    state.remove("module.3.bias");
    state.put("module.4.bias", Nd4j.ones(1));
    Sequential model = network(2);
    Map<String, INDArray> before = StateDict.copyOf(model);
    assertThatThrownBy(() -> TorchStateDict.load(model, state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("module.0.weight must have shape [4, 3], got [7, 7]")
        .hasMessageContaining("module.3.bias is missing")
        .hasMessageContaining("module.4.bias is not part of the model");
    assertThat(StateDict.of(model)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"DOUBLE", "HALF", "BFLOAT16"})
  void otherWidthsBecomeFloats(DataType type) {
    Map<String, INDArray> state = new LinkedHashMap<>();
    Sequential source = network(1);
    StateDict.of(source)
        .forEach((name, array) -> array.assign(array.castTo(type).castTo(DataType.FLOAT)));
    StateDict.of(source).forEach((name, array) -> state.put("module." + name, array.castTo(type)));
    Sequential model = network(2);
    Loaded loaded = TorchStateDict.load(model, state);
    assertThat(StateDict.of(model)).isEqualTo(StateDict.of(source));
    assertThat(loaded.converted()).containsEntry("module.0.weight", type.name()).hasSize(8);
    assertThat(loaded).asString().contains("8 arrays made 32-bit floats of [" + type.name() + "]");
  }

  @Test
  void posteriorMeansTakeDoublesToo() {
    LinearFlipout model = new LinearFlipout(3, 2, VariationalSpec.defaults(), Init.seeded(1));
    INDArray weight = Nd4j.createFromArray(0.1, 0.2, 0.3, -1e-3, 7.0, 1e30).reshape(2, 3);
    TorchStateDict.load(
        model,
        Map.of("_orig_mod.weight", weight, "_orig_mod.bias", Nd4j.zeros(DataType.DOUBLE, 2)));
    assertThat(StateDict.of(model).get("weight.mu")).isEqualTo(weight.castTo(DataType.FLOAT));
  }

  @Test
  void aDoubleThatNoFloatHoldsIsNamed() {
    Map<String, INDArray> state = renamed(name -> "module." + name);
    INDArray large = Nd4j.zeros(DataType.DOUBLE, 2);
    large.putScalar(1, 1e300);
    state.put("module.3.bias", large);
    assertThatThrownBy(() -> TorchStateDict.load(network(2), state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "module.3.bias must fit into 32-bit floats, got 1.0E300 at element 1");
  }

  private Path safetensors(Map<String, INDArray> state, String name, String type, int bytes)
      throws IOException {
    Path file = folder.resolve("state.safetensors");
    SafeTensors.write(file, state, Map.of());
    byte[] all = Files.readAllBytes(file);
    ByteBuffer buffer = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) buffer.getLong();
    String header = new String(all, 8, length, StandardCharsets.UTF_8).strip();
    int data = all.length - 8 - length;
    String more =
        header.substring(0, header.length() - 1)
            + String.format(
                Locale.ROOT,
                ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[%d,%d]}}",
                name,
                type,
                bytes,
                data,
                data + bytes);
    byte[] text = more.getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
      out.write(text);
      out.write(all, 8 + length, data);
      out.write(new byte[bytes]);
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"F8_E4M3", "F8_E5M2", "U16", "U32", "U64", "I16", "C64"})
  void aTensorOfAnUnknownTypeDoesNotMatterUnlessItIsNeeded(String type) throws IOException {
    Path file = safetensors(renamed(name -> name), "scales", type, 16);
    Sequential model = network(2);
    Loaded loaded = TorchStateDict.load(model, file);
    assertLoaded(model);
    assertThat(loaded.skipped()).containsExactly("scales");
    Sequential other = network(2);
    Checkpoint.load(other, file);
    assertLoaded(other);
    assertThat(SafeTensors.read(file).unreadable()).isEqualTo(Map.of("scales", type));
  }

  @Test
  void aTensorOfAnUnknownTypeThatIsNeededIsNamedWithItsType() throws IOException {
    Map<String, INDArray> state = renamed(name -> "module." + name);
    state.remove("module.3.bias");
    Path file = safetensors(state, "module.3.bias", "F8_E4M3", 2);
    assertThatThrownBy(() -> TorchStateDict.load(network(2), file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining("module.3.bias is of type F8_E4M3, which cannot be read");
    Map<String, INDArray> own = renamed(name -> name);
    own.remove("3.bias");
    Path checkpoint = safetensors(own, "3.bias", "F8_E4M3", 2);
    assertThatThrownBy(() -> Checkpoint.load(network(2), checkpoint))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3.bias is of type F8_E4M3, which cannot be read");
  }

  @Test
  void packedProjectionsOfAnUnknownTypeAreNamed() throws IOException {
    MultiheadAttention attention = new MultiheadAttention(AttentionSpec.of(4, 2), Init.seeded(1));
    Map<String, INDArray> state = StateDict.copyOf(attention);
    state.keySet().removeIf(name -> name.endsWith("_proj.weight") && !name.startsWith("out"));
    Path file = safetensors(state, "in_proj_weight", "F8_E4M3", 48);
    assertThatThrownBy(() -> TorchStateDict.load(attention, file))
        .hasMessageContaining("in_proj_weight is of type F8_E4M3");
  }

  @Test
  void numpyArraysOfOtherTypesDoNotMatterUnlessTheyAreNeeded() throws IOException {
    Path file = folder.resolve("state.npz");
    npz(file, "0.weight", "<f8", 12 * 8, "(4, 3)", "label", "<U5", 20, "()");
    assertThatThrownBy(() -> TorchStateDict.load(new Linear(3, 4, false, Init.seeded(1)), file))
        .hasMessageContaining("0.weight is not part of the model");
    Sequential model = Sequential.of(new Linear(3, 4, false, Init.seeded(1)));
    assertThat(TorchStateDict.load(model, file).skipped()).containsExactly("label");
    npz(file, "0.weight", "|O", 12, "(4, 3)", "label", "<U5", 20, "()");
    assertThatThrownBy(() -> TorchStateDict.load(model, file))
        .hasMessageContaining("0.weight is of type '|O', which cannot be read");
    assertThatThrownBy(() -> NpyFiles.readNpz(file))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageContaining("descr must be one of");
  }

  /** Names, types, lengths and shapes of two arrays of zeros. */
  private static void npz(Path file, Object... parts) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < parts.length; i += 4) {
        zip.putNextEntry(new ZipEntry(parts[i] + ".npy"));
        String header =
            "{'descr': '"
                + parts[i + 1]
                + "', 'fortran_order': False, 'shape': "
                + parts[i + 3]
                + ", }\n";
        ByteBuffer start = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
        start.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        start.put((byte) 1).put((byte) 0).putShort((short) header.length());
        zip.write(start.array());
        zip.write(header.getBytes(StandardCharsets.US_ASCII));
        zip.write(new byte[(int) parts[i + 2]]);
        zip.closeEntry();
      }
    }
  }
}
