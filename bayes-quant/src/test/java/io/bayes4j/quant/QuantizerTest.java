package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.convert.LayerFilter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

class QuantizerTest {
  private static final Init INIT = Init.seeded(1);
  private static final QuantizationOptions USUAL = QuantizationOptions.defaults();

  private static LayerFactory factory(Estimator estimator) {
    return LayerFactory.variational(
        estimator, VariationalSpec.defaults().withInitialSigma(0.03), Init.seeded(3));
  }

  @ParameterizedTest
  @EnumSource
  void predictsAsTheFloatNetworkDoes(Estimator estimator) {
    Sequential model = Zoo.mlp(factory(estimator), 64, 128, 10);
    INDArray x = Noise.seeded(1).normals(50, 64);
    Map<String, INDArray> before = StateDict.copyOf(model);
    Prediction exact = MonteCarlo.of(model).samples(200).classify(x);

    Quantization done =
        Quantizer.calibrate(model, Noise.seeded(2).normals(200, 64))
            .quantize(() -> Zoo.mlp(factory(estimator), 64, 128, 10));
    Prediction int8 = MonteCarlo.of(done.model()).samples(200).classify(x);

    assertThat(int8.mean().sub(exact.mean()).amaxNumber().doubleValue()).isLessThan(0.02);
    assertThat(int8.mutualInformation().meanNumber().doubleValue())
        .isCloseTo(
            exact.mutualInformation().meanNumber().doubleValue(),
            within(0.03 * exact.mutualInformation().meanNumber().doubleValue()));
    assertThat(StateDict.copyOf(model)).isEqualTo(before);
  }

  private static void unsettle(Layer model) {
    unsettle(model, false);
  }

  /**
   * Normalisations with statistics that are not those of the data.
   *
   * @param positive whether no scale is below zero, so that folded draws are those of the float
   *     network, not their negatives
   */
  private static void unsettle(Layer model, boolean positive) {
    for (Layers.Located place : Layers.of(model)) {
      if (place.layer() instanceof io.bayes4j.layers.BatchNorm norm) {
        long channels = norm.spec().channels();
        Noise noise = Noise.seeded(7).split(place.path());
        norm.parameters()
            .get("weight")
            .value()
            .assign(
                positive
                    ? Transforms.abs(noise.split(1).normals(channels))
                    : noise.split(1).normals(channels));
        norm.parameters().get("bias").value().assign(noise.split(2).normals(channels));
        norm.buffers().get("running_mean").assign(noise.split(3).normals(channels));
        norm.buffers().get("running_var").assign(noise.split(4).normals(channels).mul(0.2).add(1));
      }
    }
  }

  @Test
  void foldsNormalisationsIntoTheLayersBeforeThem() {
    Block model = Zoo.cifarResNet(factory(Estimator.FLIPOUT), 8, 10);
    unsettle(model, true);
    INDArray x = Noise.seeded(1).normals(6, 3, 32, 32);
    double[] exact = mean(model, x);
    double[] spread = deviations(model, x);

    Quantization done = Quantizer.calibrate(model, x).quantizeInPlace(USUAL);

    assertThat(done.report().with(Outcome.QUANTIZED)).hasSize(8);
    assertThat(done.report().with(Outcome.FOLDED)).hasSize(7);
    assertThat(Layers.of(model)).noneMatch(place -> place.layer() instanceof BatchNorm2d);
    assertThat(decibels(exact, mean(model, x))).isGreaterThan(22);
    double[] int8 = deviations(model, x);
    assertThat(sum(int8) / sum(spread)).isCloseTo(1, within(0.06));
  }

  private static double sum(double[] values) {
    return java.util.Arrays.stream(values).sum();
  }

  private static double[] deviations(Layer model, INDArray x) {
    INDArray all = MonteCarlo.of(model).samples(30).outputs(x);
    return Doubles.of(all.std(0));
  }

  private static double decibels(double[] exact, double[] actual) {
    double signal = 0;
    double error = 0;
    for (int i = 0; i < exact.length; i++) {
      signal += exact[i] * exact[i];
      error += Math.pow(exact[i] - actual[i], 2);
    }
    return 10 * Math.log10(signal / error);
  }

  private static double[] mean(Layer layer, INDArray x) {
    return Doubles.of(Pass.mean().run(layer, Var.constant(x)).value());
  }

  /** A block that reads the convolution a second time, past the normalisation. */
  private static final class Leaky extends Block {
    private final Slot<Layer> conv = slot("conv", new Conv2d(ConvSpec.conv2d(2, 2, 1), INIT));
    private final Slot<Layer> norm = slot("norm", new BatchNorm2d(2));

    @Override
    public Var forward(Var x, Pass pass) {
      Var y = conv.forward(x, pass);
      return Ops.add(Activations.relu(norm.forward(y, pass)), y);
    }
  }

  @Test
  void doesNotFoldWhatSomethingElseReads() {
    Leaky model = new Leaky();
    unsettle(model);
    INDArray x = Noise.seeded(1).normals(8, 2, 5, 5);
    double[] exact = mean(model, x);

    Quantization done = Quantizer.calibrate(model, x).quantizeInPlace(USUAL);

    assertThat(done.report().with(Outcome.FOLDED)).isEmpty();
    assertThat(done.report().with(Outcome.KEPT)).hasSize(1);
    assertThat(decibels(exact, mean(model, x))).isGreaterThan(30);
  }

  @Test
  void foldsBehindDenseLayersOfMatricesAlone() {
    Sequential rows = Sequential.of(new Linear(6, 4, INIT), new BatchNorm1d(4));
    Sequential steps = Sequential.of(new Linear(6, 4, INIT), new BatchNorm1d(4));
    unsettle(rows);
    unsettle(steps);
    INDArray x = Noise.seeded(1).normals(8, 6);
    double[] exact = mean(rows, x);
    assertThat(Quantizer.calibrate(rows, x).quantizeInPlace(USUAL).report().with(Outcome.FOLDED))
        .hasSize(1);
    assertThat(rows.slots().get(1).layer()).isInstanceOf(Identity.class);
    assertThat(decibels(exact, mean(rows, x))).isGreaterThan(30);

    INDArray sequences = Noise.seeded(1).normals(8, 4, 6);
    assertThat(
            Quantizer.calibrate(steps, sequences)
                .quantizeInPlace(USUAL)
                .report()
                .with(Outcome.FOLDED))
        .isEmpty();
  }

  @Test
  void leavesFloatWhatTheOptionsName() {
    Sequential cnn = Zoo.mnistCnn(factory(Estimator.FLIPOUT));
    INDArray x = Noise.seeded(1).normals(4, 1, 28, 28);
    Quantization done =
        Quantizer.calibrate(cnn, x)
            .quantizeInPlace(
                USUAL.withLayers(LayerFilter.all().excluding("0").excluding(Linear.class)));
    assertThat(done.report().with(Outcome.KEPT))
        .extracting(LayerQuantization::path)
        .containsExactly("0");
    assertThat(done.report().toString())
        .contains("kept 0 Conv2dFlipout")
        .contains("the options leave it out")
        .contains("quantized 8 LinearFlipout");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Quantizer.calibrate(Zoo.mnistCnn(factory(Estimator.FLIPOUT)), x)
                    .quantizeInPlace(USUAL.withLayers(LayerFilter.all().including("fc"))))
        .withMessageContaining("path pattern \"fc\" matches no layer with weights");
  }

  /** Draws live in the memory of a batch: the next, of the shape of the weights, is put there. */
  @Test
  void everyBatchSeesTheWholeDraw() {
    INDArray x = Noise.seeded(1).normals(128, 64);
    INDArray twice = Nd4j.concat(0, x, x, x, x);
    float[] scales = new float[2];
    for (int i = 0; i < 2; i++) {
      scales[i] =
          Quantizer.calibrate(Zoo.mlp(factory(Estimator.FLIPOUT), 64, 128, 10), twice)
              .quantizeInPlace(USUAL.withCalibration(3, 1 + 3 * i, 128))
              .report()
              .entries()
              .get(1)
              .input()
              .orElseThrow()
              .scale();
    }
    assertThat(scales[1]).isEqualTo(scales[0]);
  }

  @Test
  void reportsWhatIsClipped() {
    INDArray x = Noise.seeded(1).normals(500, 20);
    Linear layer = new Linear(20, 5, INIT);
    Quantization cut =
        Quantizer.calibrate(Sequential.of(layer), x)
            .quantizeInPlace(USUAL.withRange(ActivationRange.percentile(0.99)));
    LayerQuantization.Input input = cut.report().entries().get(0).input().orElseThrow();
    assertThat(input.seen()).isEqualTo(4L * 448 * 20);
    assertThat((double) input.clipped() / input.seen()).isCloseTo(0.01, within(0.001));
    assertThat(cut.report().clipped()).isEqualTo(input.clipped());
    assertThat(cut.report().toString())
        .contains(input.clipped() + " of " + input.seen() + " clipped");
  }

  @Test
  void replacesABareLayerAndKeepsATiedOneTied() {
    INDArray x = Noise.seeded(1).normals(8, 4);
    Quantization done = Quantizer.calibrate(new Linear(4, 2, INIT), x).quantizeInPlace(USUAL);
    assertThat(done.model()).isInstanceOf(QuantizedAffine.class);
    assertThat(done.report().toString()).startsWith("quantized (root) Linear(");

    Linear shared = new Linear(4, 4, INIT);
    Sequential model = Sequential.of(shared, Activation.TANH, shared);
    assertThat(
            Quantizer.calibrate(model, x).quantizeInPlace(USUAL).report().with(Outcome.QUANTIZED))
        .hasSize(1);
    assertThat(model.slots().get(0).layer()).isSameAs(model.slots().get(2).layer());
  }

  /** A block that needs its child to be a Linear. */
  private static final class Narrow extends Block {
    private final Slot<Linear> dense = slot("dense", Linear.class, new Linear(4, 2, INIT));

    @Override
    public Var forward(Var x, Pass pass) {
      return dense.forward(x, pass);
    }
  }

  @Test
  void refusesASlotThatNeedsItsOwnTypeAndSumsThatMightOverflow() {
    assertThat(Quantizer.quantizeInPlace(new Narrow(), USUAL).report().toString())
        .startsWith("refused dense Linear(")
        .endsWith("its slot does not accept a QuantizedAffine");
    assertThat(Quantizer.quantizeInPlace(new Linear(65_794, 1, INIT), USUAL).report().toString())
        .startsWith("refused (root)")
        .contains("a sum over 65794 inputs might not fit in 32 bits");
  }

  /** A block that has a layer which it does not run. */
  private static final class Idle extends Block {
    private final Slot<Layer> used = slot("used", new Linear(4, 2, INIT));

    Idle() {
      slot("idle", new Linear(4, 2, INIT));
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return used.forward(x, pass);
    }
  }

  private static void assertRefused(Layer model, INDArray x, String message) {
    Map<String, INDArray> before = StateDict.copyOf(model);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quantizer.calibrate(model, x).quantizeInPlace(USUAL))
        .withMessageContaining(message);
    assertThat(StateDict.copyOf(model).keySet()).isEqualTo(before.keySet());
  }

  @Test
  void namesWhatCannotBeQuantizedAndChangesNothing() {
    INDArray x = Noise.seeded(1).normals(8, 4);
    assertRefused(
        new Idle(), x, "layer \"idle\" never ran on the data of the calibration: leave it out");
    assertRefused(Sequential.of(Activation.RELU), x, "model must have weights to quantize");
    Linear broken = new Linear(4, 2, INIT);
    broken.parameters().get("weight").value().putScalar(1, 2, Float.POSITIVE_INFINITY);
    assertRefused(
        Sequential.of(new Linear(4, 4, INIT), broken),
        x,
        "layer \"1\" cannot be quantized: weight must be finite, got Infinity at element 6");
    INDArray nan = x.dup();
    nan.putScalar(3, 1, Float.NaN);
    assertRefused(Sequential.of(new Linear(4, 2, INIT)), nan, "inputs must be finite");
    assertRefused(Sequential.of(new Linear(4, 2, INIT)), Nd4j.empty(), "inputs must not be empty");

    Sequential model = Sequential.of(new Linear(4, 2, INIT));
    Quantizer.calibrate(model, x).quantizeInPlace(USUAL);
    assertRefused(model, x, "model must have float weights, but it is quantized already");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Quantizer.calibrate(Sequential.of(new Linear(4, 2, INIT)), x)
                    .quantize(() -> Sequential.of(new Linear(4, 3, INIT))))
        .withMessageContaining("the state does not fit the model");
  }
}
