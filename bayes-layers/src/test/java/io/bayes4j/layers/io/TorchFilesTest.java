package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.TorchStateDict.Loaded;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Files that PyTorch has written: src/test/python/torch_files.py makes them. */
class TorchFilesTest {
  @TempDir private Path folder;

  static Path file(String name) throws IOException {
    try {
      return Path.of(TorchFilesTest.class.getResource("torch/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private static Layer network() {
    Init init = Init.seeded(1);
    return Sequential.of(new Linear(3, 4, init), new BatchNorm1d(4), new Linear(4, 2, init));
  }

  @ParameterizedTest
  @CsvSource({
    "layouts.pt, layouts.npz",
    "layouts-legacy.pt, layouts.npz",
    "layouts-protocol3.pt, layouts.npz",
    "layouts-protocol4.pt, layouts.npz",
    "layouts-protocol5.pt, layouts.npz",
    "types.pt, types.npz",
    "types-legacy.pt, types.npz"
  })
  void readsWhatNumpyReads(String name, String expected) throws IOException {
    Map<String, INDArray> tensors = TorchStateDict.read(file(name)).tensors();

    Map<String, INDArray> numpy = NpyFiles.readNpz(file(expected));
    assertThat(tensors.keySet()).isEqualTo(numpy.keySet());
    tensors.forEach(
        (key, array) -> {
          assertThat(array.shape()).as(key).isEqualTo(numpy.get(key).shape());
          if (!array.isEmpty()) {
            assertThat(array.castTo(DataType.FLOAT).dup('c').data().asFloat())
                .as(key)
                .isEqualTo(numpy.get(key).data().asFloat());
          }
        });
  }

  @Test
  void tiedTensorsAreOneArrayAndAreReported() throws IOException {
    Map<String, INDArray> tensors = TorchStateDict.read(file("layouts.pt")).tensors();

    assertThat(tensors.get("tied.a")).isSameAs(tensors.get("tied.b"));
    assertThat(TorchFile.read(file("layouts.pt")).notes())
        .containsExactly("one tensor: tied.a = tied.b");
  }

  @ParameterizedTest
  @CsvSource({"checkpoint.pth, state.npz", "old.pt, old-state.npz"})
  void loadsTheStateInACheckpoint(String name, String expected) throws IOException {
    Layer model = network();

    Loaded loaded = TorchStateDict.load(model, file(name));

    Layer same = network();
    TorchStateDict.load(same, file(expected));
    assertThat(StateDict.of(model)).isEqualTo(StateDict.of(same));
    assertThat(loaded).asString().startsWith("the state dict under 'state_dict'");
  }

  @Test
  void quotesTheWrapper() throws IOException {
    assertThat(TorchStateDict.load(network(), file("checkpoint.pth")))
        .asString()
        .contains("\"module._orig_mod.\" left out before names");
  }

  @Test
  void readsParameters() throws IOException {
    TensorFile parameters = TorchStateDict.read(file("parameters.pt"));

    INDArray whole =
        TorchStateDict.read(file("checkpoint.pth")).tensors().get("module._orig_mod.0.weight");
    assertThat(parameters.tensors().get("0.weight")).isEqualTo(whole);
  }

  @Test
  void listsWhatThereIsNoArrayFor() throws IOException {
    assertThat(TorchStateDict.read(file("others.pt")).unreadable())
        .containsEntry("complex", "C64")
        .containsEntry("short", "I16")
        .containsEntry("float8", "F8_E4M3")
        .containsEntry("quantized", "quantized")
        .containsEntry("sparse", "sparse")
        .containsEntry("meta", "meta")
        .containsEntry("text", "no tensor")
        .hasSize(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "module.pt|names torch.nn.modules.container.Sequential, torch.nn.modules.linear.Linear,",
        "tensor.pt|must hold a state dict, holds a single tensor",
        "two.pt|holds several state dicts, ['generator', 'critic']",
        "program.pt|is a TorchScript program"
      })
  void refusesWhatIsNoState(String name, String words) throws IOException {
    Path file = file(name);

    assertThatThrownBy(() -> TorchStateDict.read(file))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(words);
  }

  @Test
  void refusesCodeByNameAndListsAllOfIt() throws IOException {
    Path file = torchFile("cposix\nsystem\n(X\1\0\0\0xtRcbuiltins\neval\n.");

    assertThatThrownBy(() -> TorchStateDict.read(file))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageContaining("names posix.system, builtins.eval, which");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "0.",
        "t.",
        "R.",
        "q\0.",
        "h\7.",
        "(NNu.",
        "}(Nu.",
        "Na.",
        "X\377\377\377\177a.",
        "\u008b\377\377\377\377a.",
        "\u008d\377\377\377\377\377\377\377\377a.",
        "P1\n.",
        "I1x\n.",
        "\u0080\u0009N.",
        "NQ.",
        "i",
        "o",
        "cx\n",
        "",
        "]q\0h\0a.",
        "}q\0X\1\0\0\0ah\0s."
      })
  void refusesForgedPickles(String pickle) throws IOException {
    Path file = torchFile(pickle);

    assertThatThrownBy(() -> TorchStateDict.read(file))
        .isInstanceOf(MalformedTensorFileException.class);
  }

  @Test
  void refusesATensorThatMultipliesItsStorage() throws IOException {
    byte[] bytes = Files.readAllBytes(file("layouts-legacy.pt"));
    byte[] from = {'K', 4, 'K', 3, (byte) 0x86};
    int at = find(bytes, from);
    // The shape (4, 3) of strides (1, 0): in the place of 3, 255 elements.
    byte[] forged = bytes.clone();
    forged[at + 3] = (byte) 255;
    Path file = folder.resolve("forged.pt");
    Files.write(file, forged);
    assertThat(TorchStateDict.read(file).tensors().get("expanded").shape()).containsExactly(4, 255);

    byte[] huge = new byte[bytes.length + 3];
    System.arraycopy(bytes, 0, huge, 0, at + 2);
    byte[] number = {'J', -1, -1, -1, 0x0f};
    System.arraycopy(number, 0, huge, at + 2, number.length);
    System.arraycopy(bytes, at + 4, huge, at + 7, bytes.length - at - 4);
    Files.write(file, huge);
    assertThatThrownBy(() -> TorchStateDict.read(file))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageContaining("must not need");
  }

  @Test
  void refusesZipBombs() throws IOException {
    Path file = folder.resolve("bomb.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("a/data.pkl"));
      for (int i = 0; i < 100; i++) {
        zip.write(new byte[1 << 20]);
      }
    }

    assertThatThrownBy(() -> TorchStateDict.read(file))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageContaining("must not overlap nor inflate");
  }

  private static int find(byte[] bytes, byte... part) {
    for (int i = 0; i <= bytes.length - part.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }

  private Path torchFile(String pickle) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(pickle.getBytes(StandardCharsets.ISO_8859_1));
    }
    Path file = folder.resolve("forged.pt");
    return Files.write(file, bytes.toByteArray());
  }
}
