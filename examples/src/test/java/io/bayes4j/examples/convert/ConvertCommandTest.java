package io.bayes4j.examples.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.examples.Main;
import io.bayes4j.imports.onnx.OnnxExport;
import io.bayes4j.layers.Activation;
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
  private static void writeRow(Path file, float... numbers) throws IOException {
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
    Files.write(file, bytes.array());
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
