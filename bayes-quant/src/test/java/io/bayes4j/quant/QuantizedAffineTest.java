package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.CallersWorkspace;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class QuantizedAffineTest {
  private static final Init INIT = Init.seeded(1);

  private static Layer dynamic(Layer layer) {
    return Quantizer.quantizeInPlace(layer, QuantizationOptions.defaults()).model();
  }

  private static double[] mean(Layer layer, INDArray x) {
    return Doubles.of(layer.forward(Var.constant(x), Pass.mean()).value());
  }

  /** Each row has a scale of its own: a large one costs the others nothing. */
  @Test
  void withoutCalibrationRowsAreRoundedByThemselves() {
    Linear layer = new Linear(20, 6, INIT);
    INDArray x = Noise.seeded(1).normals(3, 20);
    x.getRow(1).muli(1e6);
    double[] exact = mean(layer, x);
    double[] int8 = mean(dynamic(layer), x);
    for (int i = 0; i < exact.length; i++) {
      double size = i / 6 == 1 ? 1e6 : 1;
      assertThat(int8[i]).isCloseTo(exact[i], within(0.05 * size));
    }
  }

  /** By hand: weights and inputs that are whole numbers of steps lose nothing. */
  @Test
  void wholeNumbersAreExact() {
    Linear layer = new Linear(2, 2, INIT);
    layer
        .parameters()
        .get("weight")
        .value()
        .assign(Nd4j.create(new float[][] {{127, -3}, {5, 127}}));
    layer.parameters().get("bias").value().assign(Nd4j.create(new float[] {0.5f, -1}));
    Layer int8 = dynamic(layer);
    INDArray x = Nd4j.create(new float[][] {{127, 2}, {-1, 127}});
    assertThat(mean(int8, x))
        .containsExactly(
            new double[] {127 * 127 - 6 + 0.5, 5 * 127 + 254 - 1, -127 - 381 + 0.5, -5 + 16129 - 1},
            within(0.01));
  }

  @Test
  void aDeadUnitStaysDead() {
    Linear layer = new Linear(4, 3, INIT);
    layer.parameters().get("weight").value().getRow(1).assign(0);
    layer.parameters().get("bias").value().assign(Nd4j.create(new float[] {1, 2, 3}));
    INDArray x = Noise.seeded(1).normals(5, 4);
    Sequential model = Sequential.of(layer);
    Quantizer.calibrate(model, x).quantizeInPlace(QuantizationOptions.defaults());
    double[] y = mean(model, x);
    for (int row = 0; row < 5; row++) {
      assertThat(y[3 * row + 1]).isEqualTo(2);
    }
  }

  @Test
  void calibrationOnZerosAloneIsNoError() {
    Sequential model = Sequential.of(new Linear(4, 3, INIT));
    Quantizer.calibrate(model, Nd4j.zeros(5, 4)).quantizeInPlace(QuantizationOptions.defaults());
    assertThat(mean(model, Nd4j.zeros(2, 4))).containsOnly(0);
  }

  private static Sequential bayesian() {
    Init init = Init.seeded(1);
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.1);
    return Sequential.of(
        new LinearFlipout(20, 9, spec, init),
        Activation.RELU,
        new LinearReparameterization(9, 7, spec, init),
        Activation.TANH,
        new Linear(7, 3, init));
  }

  private static Layer quantized() {
    return Quantizer.calibrate(bayesian(), Noise.seeded(2).normals(64, 20))
        .quantize(QuantizedAffineTest::bayesian)
        .model();
  }

  @Test
  void anExampleDoesNotDependOnItsBatch() {
    Layer model = quantized();
    INDArray x = Noise.seeded(3).normals(11, 20);
    double[] all = Doubles.of(MonteCarlo.of(model).samples(3).outputs(x));
    for (int row = 0; row < 11; row++) {
      double[] one = Doubles.of(MonteCarlo.of(model).samples(3).outputs(x.getRow(row, true).dup()));
      for (int draw = 0; draw < 3; draw++) {
        for (int unit = 0; unit < 3; unit++) {
          assertThat(one[3 * draw + unit]).isEqualTo(all[(draw * 11 + row) * 3 + unit]);
        }
      }
    }
  }

  @Test
  void drawsAreThoseOfTheSeed() {
    INDArray x = Noise.seeded(3).normals(11, 20);
    Layer model = quantized();
    MonteCarlo draws = MonteCarlo.of(model).samples(4);
    double[] first = Doubles.of(draws.outputs(x));
    assertThat(Doubles.of(draws.outputs(x))).isEqualTo(first);
    assertThat(Doubles.of(draws.seed(9).outputs(x))).isNotEqualTo(first);
    try (var prepared = draws.prepared()) {
      assertThat(Doubles.of(prepared.outputs(x))).isEqualTo(first);
    }
  }

  @Test
  void aQuantizedModelPredictsInACallersWorkspaceAsOutside() {
    INDArray x = Noise.seeded(2).normals(11, 20);
    double[] expected = Doubles.of(MonteCarlo.of(quantized()).samples(3).outputs(x));
    Layer inside = CallersWorkspace.around(QuantizedAffineTest::quantized);
    for (int cycle = 0; cycle < 3; cycle++) {
      INDArray y = CallersWorkspace.around(() -> MonteCarlo.of(inside).samples(3).outputs(x));
      assertThat(Doubles.of(y)).isEqualTo(expected);
    }
  }

  @Test
  void prunedWeightsAreZeroInEightBitsToo() {
    LinearReparameterization layer =
        new LinearReparameterization(8, 4, VariationalSpec.defaults(), INIT);
    INDArray kept = Nd4j.ones(4, 8);
    kept.getColumn(2).assign(0);
    layer.distributions().get("weight").posterior().prune(kept);
    QuantizedWeights weights = QuantizedWeights.of(FloatWeights.of(layer), 4, true, "");
    for (int draw = 0; draw < 20; draw++) {
      byte[] values = ByteMemory.bytes(weights.sample(Noise.seeded(draw)).kernel(), "kernel");
      for (int row = 0; row < 4; row++) {
        assertThat(values[8 * row + 2]).isZero();
      }
      assertThat(values).isNotEqualTo(new byte[32]);
    }
  }

  @Test
  void refusesWhatItCannotRound() {
    Layer model = quantized();
    INDArray x = Noise.seeded(3).normals(4, 20);
    x.putScalar(2, 5, Float.NaN);
    for (Layer layer : List.of(model, dynamic(bayesian()))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MonteCarlo.of(layer).samples(2).outputs(x))
          .withMessageContaining("NaN or infinity in row 2");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MonteCarlo.of(layer).samples(2).outputs(Noise.seeded(1).normals(4, 19)))
          .withMessageContaining("x must be [N, ..., 20], got shape [4, 19]");
    }
  }

  @Test
  void cannotBeTrained() {
    Layer model = quantized();
    Var x = Var.constant(Noise.seeded(3).normals(4, 20));
    assertThatThrownBy(() -> Pass.train(Noise.seeded(1)).run(model, x))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("cannot be trained: train the float model, then quantize it");
  }
}
