package io.bayes4j.examples.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.examples.Main;
import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.onnx.OnnxExport;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path model;
  private Path saved;

  @BeforeEach
  void writeModel() throws IOException {
    Init init = Init.seeded(1);
    model = folder.resolve("model.onnx");
    saved = folder.resolve("model.safetensors");
    OnnxExport.mean(
        Sequential.of(new Linear(3, 4, init), Activation.RELU, new Linear(4, 2, init)), model, 3);
  }

  private int run(String... options) {
    String[] all = new String[options.length + 4];
    System.arraycopy(options, 0, all, 4, options.length);
    all[0] = "convert";
    all[1] = model.toString();
    all[2] = "--out";
    all[3] = saved.toString();
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
  }

  /** A matrix of one row as NumPy writes it. */
  private static byte[] row(float... numbers) {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, " + numbers.length + "), }";
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    ByteBuffer bytes = ByteBuffer.allocate(128 + 4 * numbers.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x93);
    bytes.put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
    bytes.putShort((short) padded.length()).put(padded.getBytes(StandardCharsets.US_ASCII));
    for (float number : numbers) {
      bytes.putFloat(number);
    }
    return bytes.array();
  }

  private static void writeRow(Path file, float... numbers) throws IOException {
    Files.write(file, row(numbers));
  }

  private Path writeArchive(String... names) throws IOException {
    Path file = folder.resolve("inputs.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < names.length; i++) {
        zip.putNextEntry(new ZipEntry(names[i] + ".npy"));
        zip.write(i == 0 ? row(1, 2, 3) : row(4, 5));
      }
    }
    return file;
  }

  /** Of three features and of two. */
  private void writeModelOfTwoInputs() throws IOException {
    Graph graph =
        Graph.from("a", "b")
            .add("dense", new Linear(3, 2, Init.seeded(1)), "a")
            .add("sum", Arithmetic.ADD, "dense", "b")
            .build("sum");
    OnnxExport.mean(graph, model, List.of(new long[] {3}, new long[] {2}));
  }

  @Test
  void severalInputsAreCheckedTogether() throws IOException {
    writeModelOfTwoInputs();
    Path a = folder.resolve("a.npy");
    Path b = folder.resolve("b.npy");
    writeRow(a, 1, 2, 3);
    writeRow(b, 4, 5);
    Path again = folder.resolve("again.onnx");

    assertThat(run("--data", a.toString(), "--data", b.toString(), "--onnx", again.toString()))
        .isZero();
    for (String[] names : new String[][] {{"x", "x_2"}, {"arr_0", "arr_1"}}) {
      assertThat(run("--data", writeArchive(names).toString())).isZero();
    }

    assertThat(out.toString()).contains("reads 2 inputs", "at the mean, 0.0e+00");
    assertThat(((Graph) ModelFile.read(again).model()).inputs()).hasSize(2);
  }

  @Test
  void inputsThatDoNotFitAreRefused() throws IOException {
    writeModelOfTwoInputs();
    Path a = folder.resolve("a.npy");
    writeRow(a, 1, 2, 3);

    assertThat(run()).isEqualTo(1);
    assertThat(run("--data", a.toString())).isEqualTo(1);
    assertThat(run("--data", writeArchive("arr_0", "other").toString())).isEqualTo(1);
    assertThat(run("--data", a.toString(), "--data", writeArchive("x").toString())).isEqualTo(1);

    assertThat(err.toString())
        .contains("the network reads 2 inputs: give each with --data")
        .contains("--data must be given once for each of the network's 2 inputs, got [" + a + "]")
        .contains("named [x, x_2] or [arr_0, arr_1], got [")
        .contains("--data must be one .npz of all inputs, or a .npy for each");
    assertThat(Files.exists(saved)).isFalse();
  }

  @Test
  void convertsChecksAndSaves() {
    assertThat(run("--estimator", "reparameterization", "--moped", "0.1")).isZero();

    assertThat(out.toString())
        .contains("ONNX by Bayes4J")
        .contains("is a LinearReparameterization now")
        .contains("at the mean, 0.0e+00 of the largest output apart")
        .contains("saved " + saved);
    assertThat(saved).exists();
  }

  @Test
  void aFileThatIsMissingIsNamed() throws IOException {
    Files.delete(model);

    assertThat(run()).isEqualTo(1);

    assertThat(err.toString()).contains("MODEL must be a file that is there, got " + model);
  }

  @Test
  void aMeanThatDoesNotReproduceTheOriginalIsNotSaved() throws IOException {
    Path x = folder.resolve("x.npy");
    Path y = folder.resolve("y.npy");
    writeRow(x, 1, 2, 3);
    writeRow(y, 100, 200);

    assertThat(run("--data", x.toString(), "--expected", y.toString())).isEqualTo(1);

    assertThat(err.toString()).contains("does not reproduce the original's output");
    assertThat(Files.exists(saved)).isFalse();
  }
}
