package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class TorchStateDictTest {
  private static final String CONV = "layer2.0.conv1.weight";

  @TempDir private Path folder;

  @Test
  void loadsAState() {
    Map<String, INDArray> trained = StateDict.copyOf(network(1));
    Layer model = network(2);

    TorchStateDict.load(model, trained);

    assertThat(StateDict.of(model)).isEqualTo(trained);
  }

  @Test
  void leavesOutTheWrapperAndTheCounters() {
    Map<String, INDArray> trained = StateDict.copyOf(network(1));
    Map<String, INDArray> wrapped = new LinkedHashMap<>();
    trained.forEach((name, array) -> wrapped.put("module." + name, array));
    wrapped.put("module.bn1.num_batches_tracked", Nd4j.createFromArray(7L));
    Layer model = network(2);

    TorchStateDict.load(model, wrapped);

    assertThat(StateDict.of(model)).isEqualTo(trained);
  }

  @Test
  void readsSafetensorsFiles() throws IOException {
    Map<String, INDArray> trained = StateDict.copyOf(network(1));
    Path file = folder.resolve("trained.safetensors");
    SafeTensors.write(file, trained, Map.of());
    Layer model = network(2);

    TorchStateDict.load(model, file);

    assertThat(StateDict.of(model)).isEqualTo(trained);
  }

  @Test
  void readsNumpyFiles() throws IOException {
    Map<String, INDArray> trained = StateDict.copyOf(network(1));
    Path file = folder.resolve("trained.npz");
    writeNpz(file, trained);
    Layer model = network(2);

    TorchStateDict.load(model, file);

    assertThat(StateDict.of(model)).isEqualTo(trained);
  }

  @Test
  void givesABayesianModelItsMeansAlone() {
    Map<String, INDArray> trained = StateDict.copyOf(network(1));
    Layer model =
        Zoo.cifarResNet(
            LayerFactory.variational(Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(2)),
            8,
            10);
    Map<String, INDArray> before = StateDict.copyOf(model);

    TorchStateDict.load(model, trained);

    Map<String, INDArray> after = StateDict.of(model);
    assertThat(after.get(CONV + ".mu")).isEqualTo(trained.get(CONV));
    assertThat(after.get("bn1.running_mean")).isEqualTo(trained.get("bn1.running_mean"));
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after)
        .allSatisfy(
            (name, array) -> {
              if (name.endsWith(".rho") || name.contains(".prior.")) {
                assertThat(array).isEqualTo(before.get(name));
              }
            });
  }

  @Test
  void namesAllThatDoesNotFitAndChangesNothing() {
    Map<String, INDArray> trained = StateDict.copyOf(network(1));
    trained.remove("linear.bias");
    trained.put("fc.bias", Nd4j.zeros(10));
    trained.put(CONV, Nd4j.zeros(32, 16, 5, 5));
    Layer model = network(2);
    Map<String, INDArray> before = StateDict.copyOf(model);

    assertThatThrownBy(() -> TorchStateDict.load(model, trained))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("linear.bias is missing")
        .hasMessageContaining("fc.bias is not part of the model")
        .hasMessageContaining(CONV + " must have shape [32, 16, 3, 3], got [32, 16, 5, 5]");

    assertThat(StateDict.of(model)).isEqualTo(before);
  }

  @Test
  void namesTheFileThatDoesNotFit() throws IOException {
    Path file = folder.resolve("other.safetensors");
    SafeTensors.write(file, Map.of("conv1.weight", Nd4j.zeros(16, 3, 3, 3)), Map.of());

    assertThatThrownBy(() -> TorchStateDict.load(network(1), file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining("bn1.weight is missing");
  }

  @Test
  void refusesOtherFiles() throws IOException {
    Path other = Files.write(folder.resolve("trained.pth"), new byte[] {1, 2, 3});

    assertThatThrownBy(() -> TorchStateDict.load(network(1), other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file must be one of torch.save, .safetensors or .npz, got ")
        .hasMessageEndingWith("trained.pth");
  }

  private static Layer network(long seed) {
    return Zoo.cifarResNet(LayerFactory.deterministic(Init.seeded(seed)), 8, 10);
  }

  private static void writeNpz(Path file, Map<String, INDArray> arrays) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, INDArray> entry : arrays.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey() + ".npy"));
        zip.write(npy(entry.getValue()));
        zip.closeEntry();
      }
    }
  }

  private static byte[] npy(INDArray array) {
    String shape =
        Arrays.stream(array.shape()).mapToObj(Long::toString).collect(Collectors.joining(", "));
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + ",), }\n";
    float[] values = array.dup('c').data().asFloat();
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + header.length() + 4 * values.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1));
    bytes.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
