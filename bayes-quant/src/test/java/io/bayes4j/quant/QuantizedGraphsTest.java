package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AdaptiveAvgPool;
import io.bayes4j.layers.AdaptiveMaxPool;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.TransformerEncoder;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Networks that are no rows of layers: graphs as importers make them, with sums and concatenations,
 * a layer in two places, and encoders. They stay close, keep their spread, and are the same once
 * loaded.
 */
class QuantizedGraphsTest {
  private record Network(
      String name, Function<Init, Layer> plain, Map<Outcome, Long> outcomes, INDArray x) {
    Layer bayesian(long seed) {
      VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.02);
      ConversionOptions options = ConversionOptions.of(Estimator.REPARAMETERIZATION).withSpec(spec);
      return DnnToBnn.convert(plain.apply(Init.seeded(seed)), options).model();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A residual block, then an upsampling beside what came before it. */
  private static Layer graph(Init init) {
    ConvSpec same = ConvSpec.conv2d(6, 6, 3).withPadding(1);
    return Graph.from("x")
        .add("stem", new Conv2d(ConvSpec.conv2d(3, 6, 3).withPadding(1).withoutBias(), init), "x")
        .add("stem_norm", new BatchNorm2d(6), "stem")
        .add("stem_relu", Activation.RELU, "stem_norm")
        .add("left", new Conv2d(same, init), "stem_relu")
        .add("left_norm", new BatchNorm2d(6), "left")
        .add("sum", Arithmetic.ADD, "left_norm", "stem_relu")
        .add("relu", Activation.RELU, "sum")
        .add("pool", new MaxPool2d(2), "relu")
        .add("up", new ConvTranspose2d(ConvSpec.conv2d(6, 4, 2).withStride(2), init), "pool")
        .add("both", new Concat(1), "up", "relu")
        .add("flat", new Flatten(), "both")
        .add("head", new Linear(10 * 8 * 8, 5, init), "flat")
        .build("head");
  }

  private static Layer tied(Init init) {
    Linear shared = new Linear(12, 12, init);
    return Sequential.of(shared, Activation.RELU, shared, Activation.TANH, new Linear(12, 3, init));
  }

  private static Layer encoder(Init init) {
    return new TransformerEncoder(TransformerSpec.of(16, 4).withFeedforward(24), 2, false, init);
  }

  /** A maximum and a mean of windows between 8-bit layers. */
  private static Layer pooled(Init init, Layer maximum, Layer mean) {
    return Sequential.of(
        new Conv2d(ConvSpec.conv2d(3, 6, 3).withPadding(1), init),
        Activation.RELU,
        maximum,
        new Conv2d(ConvSpec.conv2d(6, 8, 3).withPadding(1), init),
        Activation.RELU,
        mean,
        new Flatten(),
        new Linear(32, 5, init));
  }

  /** Windows of unlike lengths, which overlap. */
  private static Layer adaptive(Init init) {
    return pooled(init, AdaptiveMaxPool.of(5, 3), AdaptiveAvgPool.of(2, 2));
  }

  static Stream<Network> networks() {
    Noise noise = Noise.seeded(3);
    return Stream.of(
        new Network(
            "graph",
            QuantizedGraphsTest::graph,
            Map.of(Outcome.QUANTIZED, 4L, Outcome.FOLDED, 2L, Outcome.KEPT, 1L),
            noise.normals(16, 3, 8, 8)),
        new Network(
            "tied",
            QuantizedGraphsTest::tied,
            Map.of(Outcome.QUANTIZED, 2L, Outcome.KEPT, 1L),
            noise.normals(32, 12)),
        new Network(
            "adaptive pools",
            QuantizedGraphsTest::adaptive,
            Map.of(Outcome.QUANTIZED, 3L, Outcome.KEPT, 1L),
            noise.normals(16, 3, 9, 8)),
        new Network(
            "encoder",
            QuantizedGraphsTest::encoder,
            Map.of(Outcome.QUANTIZED, 12L, Outcome.KEPT, 6L),
            noise.normals(8, 7, 16)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void staysCloseAndIsTheSameOnceLoaded(Network network, @TempDir Path folder) throws IOException {
    INDArray x = network.x();
    Layer model = network.bayesian(1);
    Quantization done = Quantizer.calibrate(model, x).quantize(() -> network.bayesian(1));

    assertThat(
            done.report().entries().stream()
                .collect(Collectors.groupingBy(LayerQuantization::outcome, Collectors.counting())))
        .isEqualTo(network.outcomes());
    double[] exact = Doubles.of(MonteCarlo.atMean(model).outputs(x));
    double[] rounded = Doubles.of(MonteCarlo.atMean(done.model()).outputs(x));
    assertThat(decibels(exact, rounded)).isGreaterThan(25);
    INDArray draws = MonteCarlo.of(done.model()).samples(30).outputs(x);
    double spread = draws.std(0).meanNumber().doubleValue();
    INDArray floats = MonteCarlo.of(model).samples(30).outputs(x);
    assertThat(spread / floats.std(0).meanNumber().doubleValue()).isBetween(0.85, 1.15);

    Path file = folder.resolve("model.safetensors");
    Quantizer.save(done.model(), file);
    Layer loaded = Quantizer.load(() -> network.bayesian(2), file);
    assertThat(Doubles.of(MonteCarlo.of(loaded).samples(30).outputs(x)))
        .isEqualTo(Doubles.of(draws));
  }

  /**
   * A maximum over windows of one length stays in 8 bits, adaptive or not: the same in each bit.
   */
  @Test
  void anAdaptiveMaximumOfEvenWindowsIsThatOfWindows() {
    INDArray x = Noise.seeded(4).normals(8, 3, 8, 8);
    List<double[]> both = new ArrayList<>();
    for (Layer maximum : List.of(new MaxPool2d(2), AdaptiveMaxPool.of(4, 4))) {
      Network network =
          new Network("even", init -> pooled(init, maximum, AdaptiveAvgPool.of(2, 2)), Map.of(), x);
      Layer model =
          Quantizer.calibrate(network.bayesian(1), x).quantize(() -> network.bayesian(1)).model();
      both.add(Doubles.of(MonteCarlo.of(model).samples(5).outputs(x)));
    }
    assertThat(both.get(1)).isEqualTo(both.get(0));
  }

  private static double decibels(double[] exact, double[] rounded) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < exact.length; i++) {
      signal += exact[i] * exact[i];
      noise += (exact[i] - rounded[i]) * (exact[i] - rounded[i]);
    }
    return 10 * Math.log10(signal / noise);
  }
}
