package io.bayes4j.layers.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.io.NpyFiles;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Small networks of torchvision's classes (zoo_golden.py), loaded by name: the same outputs. */
class TorchvisionTest {
  static Path resource(String name) {
    return Path.of(URI.create(TorchvisionTest.class.getResource(name).toString()));
  }

  static INDArray mean(Layer model, INDArray x) {
    return Gradients.off(() -> Pass.mean().run(model, Var.constant(x)).value().dup('c'));
  }

  static double error(INDArray actual, INDArray expected) {
    return actual.sub(expected).amaxNumber().doubleValue() / expected.amaxNumber().doubleValue();
  }

  @ParameterizedTest
  @MethodSource("io.bayes4j.layers.zoo.SmallZoo#torchvision")
  void computesWhatPyTorchDoes(String name) throws IOException {
    Map<String, INDArray> numbers = NpyFiles.readNpz(resource(name + ".npz"));
    Layer plain = SmallZoo.make(name, LayerFactory.deterministic(Init.seeded(1)));
    Layer bayesian =
        SmallZoo.make(
            name,
            LayerFactory.variational(
                Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(1)));

    TorchStateDict.Loaded loaded = TorchStateDict.load(plain, resource(name + ".pt"));
    TorchStateDict.load(bayesian, resource(name + ".pt"));

    assertThat(loaded.skipped()).allMatch(key -> key.endsWith("num_batches_tracked"));
    INDArray expected = numbers.get("y");
    assertThat(error(mean(plain, numbers.get("x")), expected)).isLessThan(1e-5);
    assertThat(error(mean(bayesian, numbers.get("x")), expected)).isLessThan(1e-5);
    assertThat(Kl.distributions(bayesian)).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("io.bayes4j.layers.zoo.SmallZoo#torchvision")
  void isSavedAsPyTorchWouldSaveIt(String name, @TempDir Path folder) throws IOException {
    Path given = resource(name + ".pt");
    Map<String, INDArray> expected = new HashMap<>(TorchStateDict.read(given).tensors());
    expected.keySet().removeIf(key -> key.endsWith("num_batches_tracked"));
    for (LayerFactory layers :
        List.of(
            LayerFactory.deterministic(Init.seeded(1)),
            LayerFactory.variational(
                Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(1)))) {
      Layer model = SmallZoo.make(name, layers);
      TorchStateDict.load(model, given);
      Path file = folder.resolve("saved.safetensors");
      TorchStateDict.save(model, file);
      assertThat(SafeTensors.read(file).tensors()).isEqualTo(expected);
    }
  }

  @Test
  void namesOfEarlierVersionsAreKnown() {
    Layer densenet = SmallZoo.make("densenet", LayerFactory.deterministic(Init.seeded(1)));
    Layer vit = SmallZoo.make("vit", LayerFactory.deterministic(Init.seeded(1)));
    Map<String, String> renamed =
        Map.of("denselayer1.norm1.", "denselayer1.norm.1.", ".mlp.0.", ".mlp.linear_1.");
    for (Layer model : List.of(densenet, vit)) {
      Map<String, INDArray> state = new HashMap<>();
      io.bayes4j.layers.io.StateDict.copyOf(model)
          .forEach(
              (name, array) -> {
                String old = name;
                for (Map.Entry<String, String> pair : renamed.entrySet()) {
                  old = old.replace(pair.getKey(), pair.getValue());
                }
                state.put(old, array);
              });
      assertThat(TorchStateDict.load(model, state).skipped()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "vgg11, 132863336",
    "vgg16_bn, 138365992",
    "mobilenet_v2, 3504872",
    "densenet121, 7978856",
    "efficientnet_b0, 5288548",
    "convnext_tiny, 28589128",
    "vit_b_16, 86567656",
    "unet, 31037698"
  })
  void publishedNetworksHaveTheKnownNumberOfParameters(String name, long expected) {
    Map<String, BiFunction<LayerFactory, Integer, Block>> makers =
        Map.of(
            "vgg11", (layers, classes) -> Zoo.vgg(layers, 11, false, classes),
            "vgg16_bn", (layers, classes) -> Zoo.vgg(layers, 16, true, classes),
            "mobilenet_v2", Zoo::mobileNetV2,
            "densenet121", Zoo::denseNet121,
            "efficientnet_b0", Zoo::efficientNetB0,
            "convnext_tiny", Zoo::convNeXtTiny,
            "vit_b_16", Zoo::vitB16,
            "unet", (layers, classes) -> Zoo.uNet(layers, 3, 2));
    Counter counter = new Counter();

    Layer model = makers.get(name).apply(counter, 1000);

    assertThat(counter.weights + Layers.parameterCount(model)).isEqualTo(expected);
  }

  @Test
  void stochasticDepthLeavesOutWholeExamples() {
    Function<Pass, INDArray> run =
        pass ->
            pass.run(
                    new io.bayes4j.layers.StochasticDepth(0.25),
                    Var.constant(Samples.normals(1, 4000, 2, 3)))
                .value();
    INDArray x = Samples.normals(1, 4000, 2, 3);
    INDArray y = run.apply(Pass.train(Noise.seeded(3)));
    int left = 0;
    for (int i = 0; i < 4000; i++) {
      boolean zero = y.getDouble(i, 0, 0) == 0;
      left += zero ? 1 : 0;
      double factor = zero ? 0 : 4 / 3.0;
      for (int j = 0; j < 6; j++) {
        assertThat(y.getDouble(i, j / 3, j % 3))
            .isCloseTo(factor * x.getDouble(i, j / 3, j % 3), within(1e-5));
      }
    }
    // Four standard deviations of a binomial.
    assertThat(left / 4000.0).isCloseTo(0.25, within(4 * Math.sqrt(0.25 * 0.75 / 4000)));
    assertThat(run.apply(Pass.mean())).isEqualTo(x);
    assertThat(run.apply(Pass.sample(Noise.seeded(3)))).isEqualTo(x);
  }

  /** Counts weights without making them. */
  private static final class Counter implements LayerFactory {
    private long weights;

    @Override
    public Layer linear(long inputs, long units) {
      weights += inputs * units + units;
      return new Identity();
    }

    @Override
    public Layer conv2d(ConvSpec spec) {
      long each = spec.inChannels() / spec.groups() * spec.kernel().get(0) * spec.kernel().get(1);
      weights += spec.outChannels() * each + (spec.bias() ? spec.outChannels() : 0);
      return new Identity();
    }

    @Override
    public Layer convTranspose2d(ConvSpec spec) {
      return conv2d(spec);
    }
  }
}
