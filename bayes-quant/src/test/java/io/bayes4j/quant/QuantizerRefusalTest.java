package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.convert.BnnToDnn;
import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Batch;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What cannot be quantized, or used as a quantized network cannot be: named, and left as it was.
 */
class QuantizerRefusalTest {
  private static final Init INIT = Init.seeded(1);
  private static final INDArray X = Noise.seeded(2).normals(8, 4);

  private static Sequential model() {
    return Sequential.of(
        new LinearFlipout(4, 6, VariationalSpec.defaults(), INIT),
        new BatchNorm1d(6),
        Activation.RELU,
        new Linear(6, 3, INIT));
  }

  private static Layer quantized() {
    return Quantizer.calibrate(model(), X).quantizeInPlace(QuantizationOptions.defaults()).model();
  }

  private static List<Layer> layers(Layer model) {
    return Layers.of(model).stream().map(Layers.Located::layer).toList();
  }

  private static void assertRefused(Layer model, Consumer<Layer> deed, String message) {
    List<Layer> layers = layers(model);
    Map<String, INDArray> before = StateDict.copyOf(model);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> deed.accept(model))
        .withMessageContaining(message);
    assertThat(layers(model)).containsExactlyElementsOf(layers);
    Map<String, INDArray> after = StateDict.of(model);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    before.forEach(
        (name, array) ->
            assertThat(Doubles.of(after.get(name))).as(name).isEqualTo(Doubles.of(array)));
  }

  private static void quantize(Layer model, Dataset data) {
    Quantizer.calibrate(model, data).quantizeInPlace(QuantizationOptions.defaults());
  }

  private static Dataset data(INDArray inputs) {
    return new Dataset() {
      @Override
      public int size() {
        return Math.toIntExact(inputs.size(0));
      }

      @Override
      public Batch batch(int... indices) {
        INDArray rows = inputs.getRows(indices);
        return new Batch(rows, Detached.zeros(indices.length, 1));
      }
    };
  }

  private static INDArray with(INDArray x, float number) {
    INDArray other = Detached.copy(x);
    other.putScalar(5, number);
    return other;
  }

  @Test
  void numbersThatAreNotFinite() {
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      assertRefused(
          model(),
          model -> Quantizer.calibrate(model, with(X, bad)),
          "inputs must be finite, got NaN or infinity in row 1");
      // Data of another's making are looked at only when they are read.
      assertRefused(
          model(),
          model -> quantize(model, data(with(X, bad))),
          "at layer \"0\": activations must be finite in calibration, got " + bad);
      Sequential broken = model();
      Parameter weight = broken.slots().get(3).layer().parameters().get("weight");
      weight.value().putScalar(7, bad);
      assertRefused(
          broken,
          model -> quantize(model, data(X)),
          "layer \"3\" cannot be quantized: weight must be finite, got " + bad + " at element 7");
    }
  }

  @Test
  void normalisationsWithoutNumbersToFold() {
    Sequential broken = model();
    broken.slots().get(1).layer().buffers().get("running_mean").putScalar(2, Float.NaN);
    assertRefused(broken, model -> quantize(model, data(X)), "must be finite");
  }

  @Test
  void dataWithoutExamples() {
    Dataset none =
        new Dataset() {
          @Override
          public int size() {
            return 0;
          }

          @Override
          public Batch batch(int... indices) {
            throw new AssertionError("there is none");
          }
        };
    assertRefused(model(), model -> quantize(model, none), "data must not be empty");
  }

  @Test
  void whatIsQuantizedAlready() {
    Layer int8 = quantized();
    String again = "model must have float weights, but it is quantized already";
    assertRefused(int8, model -> quantize(model, data(X)), again);
    assertRefused(
        int8, model -> Quantizer.calibrate(model, X).quantize(QuantizerRefusalTest::model), again);
    assertRefused(
        int8, model -> Quantizer.quantizeInPlace(model, QuantizationOptions.defaults()), again);
  }

  @Test
  void trainingAndConverting() {
    Layer int8 = quantized();
    assertRefused(
        int8,
        model ->
            Trainer.of(
                    model,
                    Losses.crossEntropy(),
                    Dataset.of(X, IntStream.range(0, 8).map(i -> i % 3).toArray(), 3))
                .build(),
        "model must have float weights to train, but layer \"0\" is QuantizedAffine");
    assertRefused(
        int8,
        model -> DnnToBnn.convert(model, ConversionOptions.of(Estimator.FLIPOUT)),
        "model must have float weights to convert, but layer \"0\" is QuantizedAffine");
    assertRefused(
        int8, BnnToDnn::freeze, "model must have float weights to freeze, but layer \"0\" is");
  }

  /** A unit whose weights are all zero has no step of its own; what it returns is its bias. */
  @Test
  void deadUnitsReturnTheirBias() {
    Linear layer = new Linear(4, 3, INIT);
    layer.parameters().get("weight").value().getRow(1).assign(0);
    layer.parameters().get("bias").value().assign(0.25);
    Layer int8 =
        Quantizer.calibrate(layer, X).quantizeInPlace(QuantizationOptions.defaults()).model();
    double[] y = Doubles.of(MonteCarlo.atMean(int8).outputs(X));
    for (int row = 0; row < 8; row++) {
      assertThat(y[3 * row + 1]).isEqualTo(0.25);
      assertThat(y[3 * row]).isFinite().isNotEqualTo(0.25);
    }
  }

  /** Activations that were always zero have no range: zero stays zero. */
  @ParameterizedTest
  @MethodSource("ranges")
  void deadActivationsStayZero(ActivationRange range) {
    INDArray zeros = Detached.zeros(8, 4);
    Linear layer = new Linear(4, 3, INIT);
    double[] exact = Doubles.of(MonteCarlo.atMean(layer).outputs(zeros));
    Layer silent =
        Quantizer.calibrate(layer, zeros)
            .quantizeInPlace(QuantizationOptions.defaults().withRange(range))
            .model();
    assertThat(Doubles.of(MonteCarlo.atMean(silent).outputs(zeros))).isEqualTo(exact);
  }

  static List<ActivationRange> ranges() {
    return List.of(
        ActivationRange.minMax(),
        ActivationRange.percentile(),
        ActivationRange.squaredError(),
        ActivationRange.entropy());
  }
}
