package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TensorFile;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.EmbeddingReparameterization;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class QuantizedFilesTest {
  private static Sequential network(long seed, LayerFactory layers, int units) {
    return Sequential.of(
        layers.conv2d(ConvSpec.conv2d(2, 4, 3).withoutBias()),
        new BatchNorm2d(4),
        Activation.RELU,
        new ConvTranspose2d(ConvSpec.conv2d(4, 3, 2).withStride(2), Init.seeded(seed)),
        new Flatten(),
        layers.linear(3 * 8 * 8, units));
  }

  private static Sequential bayesian(long seed) {
    return network(
        seed,
        LayerFactory.variational(Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(seed)),
        5);
  }

  private static Sequential plain(long seed, int units) {
    return network(seed, LayerFactory.deterministic(Init.seeded(seed)), units);
  }

  private static Layer quantized(Layer model) {
    return Quantizer.calibrate(model, Noise.seeded(1).normals(20, 2, 6, 6))
        .quantizeInPlace(QuantizationOptions.defaults())
        .model();
  }

  private static double[] outputs(Layer model) {
    return Doubles.of(MonteCarlo.of(model).samples(3).outputs(Noise.seeded(2).normals(4, 2, 6, 6)));
  }

  @Test
  void loadsWithoutTheFloatModel(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Layer model = quantized(bayesian(1));
    Quantizer.save(model, file);
    double[] expected = outputs(model);

    assertThat(outputs(Quantizer.load(() -> bayesian(2), file))).isEqualTo(expected);
    assertThat(outputs(Quantizer.load(() -> plain(3, 5), file))).isEqualTo(expected);
    assertThat(SafeTensors.read(file).types())
        .containsEntry("0.weight.int8", "I8")
        .containsEntry("0.weight.sigma", "U8")
        .containsEntry("3.weight.int8", "I8")
        .doesNotContainKey("3.weight.sigma")
        .doesNotContainKey("1.running_mean");
  }

  @Test
  void loadsABareLayerAndAPlainOne(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Layer model =
        Quantizer.quantizeInPlace(new Linear(6, 3, Init.seeded(1)), QuantizationOptions.defaults())
            .model();
    Quantizer.save(model, file);
    INDArray x = Noise.seeded(2).normals(4, 6);
    Layer loaded = Quantizer.load(() -> new Linear(6, 3, Init.seeded(2)), file);
    assertThat(Doubles.of(MonteCarlo.atMean(loaded).outputs(x)))
        .isEqualTo(Doubles.of(MonteCarlo.atMean(model).outputs(x)));
  }

  /** Two bytes for a weight where mu and rho take eight, and little else. */
  @Test
  void takesAQuarterOfTheFloatPosterior(@TempDir Path folder) throws IOException {
    Layer model =
        Zoo.mnistCnn(
            LayerFactory.variational(
                Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(1)));
    Path whole = folder.resolve("float.safetensors");
    Path small = folder.resolve("int8.safetensors");
    Checkpoint.save(model, whole);
    Quantizer.save(Quantizer.quantizeInPlace(model, QuantizationOptions.defaults()).model(), small);
    assertThat((double) Files.size(small) / Files.size(whole)).isLessThan(0.251);
  }

  private static Sequential recurrent(long seed) {
    VariationalSpec spec = VariationalSpec.defaults();
    Init init = Init.seeded(seed);
    return Sequential.of(
        new EmbeddingReparameterization(7, 4, spec, init),
        new LstmReparameterization(4, 3, spec, init),
        new LinearFlipout(3, 2, spec, init));
  }

  /** Of every kind of layer, a scalar, an array and a mixture. */
  @Test
  void keepsPriorsIfAsked(@TempDir Path folder) throws IOException {
    Sequential model = recurrent(1);
    Map<String, VariationalParameter> weights = Kl.distributions(model);
    weights.get("0.weight").setPrior(new ScaleMixturePrior(0.25, 2, 0.1));
    weights
        .get("2.weight")
        .setPrior(GaussianPrior.of(Noise.seeded(4).normals(2, 3), Nd4j.ones(2, 3).mul(0.5)));
    Path with = folder.resolve("with.safetensors");
    Path without = folder.resolve("without.safetensors");
    for (boolean keeps : new boolean[] {true, false}) {
      QuantizationOptions options = QuantizationOptions.defaults();
      Layer int8 =
          Quantizer.calibrate(model, Nd4j.ones(4, 5))
              .quantize(() -> recurrent(2), keeps ? options.withPriors() : options)
              .model();
      Quantizer.save(int8, keeps ? with : without);
      // What is loaded keeps them too.
      Quantizer.save(Quantizer.load(() -> recurrent(3), with), with);
    }
    assertThat(SafeTensors.read(without).tensors().keySet()).noneMatch(n -> n.contains("prior"));

    Sequential other = recurrent(5);
    Map<String, INDArray> before = StateDict.copyOf(other);
    Quantizer.loadPriors(other, with);
    Map<String, INDArray> after = StateDict.of(other);
    Map<String, INDArray> expected = StateDict.of(model);
    assertThat(after.keySet()).isEqualTo(expected.keySet());
    after.forEach(
        (name, array) ->
            assertThat(Doubles.of(array))
                .as(name)
                .isEqualTo(Doubles.of((name.contains(".prior.") ? expected : before).get(name))));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quantizer.loadPriors(other, without))
        .withMessageContaining("must hold a quantized model that keeps its priors");
    Sequential foreign = bayesian(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quantizer.loadPriors(foreign, with))
        .withMessageContaining("1.weight_ih_l0.prior.mean is not part of the model");
  }

  /** Nothing of a file goes unread. */
  @Test
  void refusesArraysThatAreNoWeights(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Quantizer.save(quantized(bayesian(1)), file);
    TensorFile content = SafeTensors.read(file);
    Map<String, INDArray> tensors = new LinkedHashMap<>(content.tensors());
    tensors.put("0.weight.other", Nd4j.ones(4));
    SafeTensors.write(file, tensors, content.metadata());
    assertRefused(() -> plain(1, 5), file, "0.weight.other is not part of the model");
  }

  @Test
  void refusesOtherArchitecturesAndFloatModels(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Quantizer.save(quantized(bayesian(1)), file);
    assertRefused(
        () -> Sequential.of(new Linear(4, 5, Init.seeded(1))),
        file,
        "0.weight.int8 must be BYTE of shape [5, 4], got BYTE of shape [4, 2, 3, 3]");
    assertRefused(
        () -> plain(1, 6), file, "5.weight.int8 must be BYTE of shape [6, 192], got BYTE of shape");
    assertRefused(
        () ->
            Sequential.of(
                new Conv2d(ConvSpec.conv2d(2, 4, 3).withoutBias(), Init.seeded(1)),
                Activation.RELU,
                Activation.RELU,
                new Flatten(),
                new Flatten(),
                new Linear(192, 5, Init.seeded(1))),
        file,
        "must be a");
    Path floats = folder.resolve("float.safetensors");
    Checkpoint.save(plain(1, 5), floats);
    assertRefused(() -> plain(1, 5), floats, "the file must hold a quantized model");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quantizer.save(plain(1, 5), file))
        .withMessageContaining("model must have a quantized layer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checkpoint.load(plain(1, 5), file))
        .withMessageContaining("0.weight.int8 is not part of the model");
  }

  @Test
  void refusesDamagedNumbers(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Quantizer.save(quantized(bayesian(1)), file);
    TensorFile content = SafeTensors.read(file);
    Map<String, INDArray> tensors = new LinkedHashMap<>(content.tensors());
    tensors.put("0.weight.scale", Nd4j.create(new float[] {1, 0, 1, 1}));
    SafeTensors.write(file, tensors, content.metadata());
    assertRefused(
        () -> plain(1, 5), file, "0.weight.scale must hold finite numbers above zero, got 0.0");
    tensors.remove("0.weight.scale");
    SafeTensors.write(file, tensors, content.metadata());
    assertRefused(() -> plain(1, 5), file, "0.weight.scale is missing");
  }

  private static void assertRefused(
      java.util.function.Supplier<Layer> architecture, Path file, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quantizer.load(architecture, file))
        .withMessageContaining(message)
        .withMessageContaining(file.toString());
  }
}
