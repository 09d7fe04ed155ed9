package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.quant.Quantization.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class QuantizerTest {
  private static LayerFactory factory(Estimator estimator) {
    return LayerFactory.variational(estimator, VariationalSpec.defaults(), Init.seeded(3));
  }

  @Test
  void predictsAsTheFloatNetworkDoes() {
    Sequential model = Zoo.mlp(factory(Estimator.REPARAMETERIZATION), 64, 128, 10);
    INDArray x = Noise.seeded(1).normals(50, 64);
    Prediction exact = MonteCarlo.of(model).samples(200).classify(x);

    Layer fast = Quantizer.quantize(model).model();
    Prediction int8 = MonteCarlo.of(fast).samples(200).classify(x);

    assertThat(fast).isSameAs(model);
    assertThat(int8.mean().sub(exact.mean()).amaxNumber().doubleValue()).isLessThan(0.02);
    assertThat(int8.mutualInformation().meanNumber().doubleValue())
        .isBetween(
            0.95 * exact.mutualInformation().meanNumber().doubleValue(),
            1.05 * exact.mutualInformation().meanNumber().doubleValue());
  }

  @Test
  void reportsEveryLayerWithWeights() {
    Sequential cnn = Zoo.mnistCnn(factory(Estimator.FLIPOUT));

    Quantization done = Quantizer.quantize(cnn);

    assertThat(done.entries()).extracting(LayerChange::path).containsExactly("0", "2", "6", "8");
    assertThat(done.with(Outcome.QUANTIZED))
        .extracting(LayerChange::path)
        .containsExactly("6", "8");
    assertThat(done.report())
        .contains("refused 0 Conv2dFlipout")
        .contains("only dense layers have an 8-bit form")
        .contains("quantized 8 LinearFlipout");
    assertThat(cnn.slots().get(6).layer()).isInstanceOf(Int8Linear.class);
    assertThat(cnn.slots().get(0).layer()).hasToString(done.entries().get(0).layer());
  }

  @Test
  void replacesABareLayer() {
    Quantization done = Quantizer.quantize(new Linear(4, 2, Init.seeded(1)));

    assertThat(done.model()).isInstanceOf(Int8Linear.class);
    assertThat(done.report()).startsWith("quantized (root) Linear(");
  }

  @Test
  void changesNothingTheSecondTime() {
    Sequential model = Sequential.of(new Linear(4, 2, Init.seeded(1)), Activation.RELU);
    Quantizer.quantize(model);
    Layer int8 = model.slots().get(0).layer();

    assertThat(Quantizer.quantize(model).entries()).isEmpty();
    assertThat(model.slots().get(0).layer()).isSameAs(int8);
  }

  @Test
  void keepsATiedLayerTied() {
    Linear shared = new Linear(4, 4, Init.seeded(1));
    Sequential model = Sequential.of(shared, Activation.TANH, shared);

    assertThat(Quantizer.quantize(model).entries()).hasSize(1);
    assertThat(model.slots().get(0).layer())
        .isInstanceOf(Int8Linear.class)
        .isSameAs(model.slots().get(2).layer());
  }

  /** A block that needs its child to be a Linear. */
  private static final class Narrow extends Block {
    private final Slot<Linear> dense =
        slot("dense", Linear.class, new Linear(4, 2, Init.seeded(1)));

    @Override
    public Var forward(Var x, Pass pass) {
      return dense.forward(x, pass);
    }
  }

  @Test
  void leavesASlotThatNeedsItsOwnType() {
    Narrow model = new Narrow();

    assertThat(Quantizer.quantize(model).report())
        .startsWith("refused dense Linear(")
        .endsWith("its slot does not accept an Int8Linear");
    assertThat(model.dense.layer()).isInstanceOf(Linear.class);
  }

  @Test
  void leavesALayerWhoseSumsMightOverflow() {
    assertThat(Quantizer.quantize(new Linear(133_145, 1, Init.seeded(1))).report())
        .startsWith("refused (root)")
        .contains("a sum over 133145 inputs might not fit in 32 bits");
  }

  @Test
  void changesNothingIfAWeightIsNotFinite() {
    Linear broken = new Linear(4, 2, Init.seeded(1));
    broken.parameters().get("weight").value().putScalar(1, 2, Float.POSITIVE_INFINITY);
    Sequential model = Sequential.of(new Linear(4, 4, Init.seeded(1)), broken);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Quantizer.quantize(model))
        .withMessage(
            "layer \"1\" cannot be quantized: tensor must be finite, got Infinity at element 6");
    assertThat(model.slots().get(0).layer()).isInstanceOf(Linear.class);
  }

  private static Sequential network(boolean bayesian, long seed) {
    Init init = Init.seeded(seed);
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.2);
    Layer last = bayesian ? new LinearFlipout(5, 2, spec, init) : new Linear(5, 2, false, init);
    Sequential model = Sequential.of(new Linear(4, 5, init), last);
    Quantizer.quantize(model);
    return model;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isSavedAndLoadedWithTheSameNumbers(boolean bayesian, @TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("model.safetensors");
    Sequential model = network(bayesian, 1);
    Checkpoint.save(model, file);
    Sequential other = network(bayesian, 2);
    INDArray x = Noise.seeded(1).normals(6, 4);
    INDArray expected = MonteCarlo.of(model).samples(5).outputs(x);
    assertThat(MonteCarlo.of(other).samples(5).outputs(x)).isNotEqualTo(expected);
    Checkpoint.load(other, file);
    INDArray actual = MonteCarlo.of(other).samples(5).outputs(x);
    assertThat(actual.data().asFloat()).isEqualTo(expected.data().asFloat());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checkpoint.load(Sequential.of(new Linear(4, 5, Init.seeded(1))), file))
        .withMessageContaining("0.weight is missing")
        .withMessageContaining("0.weight.int8 is not part of the model");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEnsembleOfThemPredictsAndIsSaved(boolean bayesian, @TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("ensemble.safetensors");
    Ensemble ensemble = Ensemble.of(List.of(network(bayesian, 1), network(bayesian, 2)));
    INDArray x = Noise.seeded(1).normals(6, 4);
    INDArray expected = ensemble.outputs(x);
    assertThat(expected.shape()).containsExactly(bayesian ? 20 : 2, 6, 2);
    if (bayesian) {
      assertThat(expected.slice(0)).isNotEqualTo(expected.slice(1));
    }
    ensemble.save(file);
    Ensemble loaded = Ensemble.load(file, () -> network(bayesian, 3));
    assertThat(loaded.outputs(x).data().asFloat()).isEqualTo(expected.data().asFloat());
  }
}
