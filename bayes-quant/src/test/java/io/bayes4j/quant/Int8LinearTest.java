package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Ops;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class Int8LinearTest {
  private static final int INPUTS = 200;
  private static final int UNITS = 32;

  private static INDArray examples(int number) {
    return Noise.seeded(5).split("examples").normals(number, INPUTS);
  }

  private static VariationalAffine bayesian(double sigma) {
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(sigma);
    return new LinearReparameterization(INPUTS, UNITS, spec, Init.seeded(7));
  }

  private static float[] run(Layer layer, INDArray x, Pass pass) {
    return layer.forward(Var.constant(x), pass).value().dup('c').data().asFloat();
  }

  /**
   * With x = s a + d and w = t b + e, where a and b are whole numbers, |d| at most s / 2 and |e| at
   * most t / 2, the sum over x w - s t a b is at most |x| t / 2 + |w| s / 2 + s t / 4 for each
   * term.
   */
  @Test
  void isWithinTheErrorThatItsTwoRoundingsAllow() {
    Linear layer = new Linear(INPUTS, UNITS, Init.seeded(1));
    INDArray x = examples(40);
    float[] exact = run(layer, x, Pass.mean());
    float[] int8 = run(Int8Linear.of(layer), x, Pass.mean());
    float[][] rows = x.toFloatMatrix();
    float[][] weights = layer.parameters().get("weight").value().toFloatMatrix();

    double worst = 0;
    for (int n = 0; n < rows.length; n++) {
      for (int u = 0; u < UNITS; u++) {
        int at = n * UNITS + u;
        double error = Math.abs((double) int8[at] - exact[at]);
        double bound = bound(rows[n], weights[u]);
        assertThat(error).isLessThanOrEqualTo(bound + 1e-5);
        worst = Math.max(worst, error / bound);
      }
    }
    // Rounding errors of many terms mostly cancel, but not so well that nothing was rounded.
    assertThat(worst).isBetween(0.05, 0.5);
  }

  private static double bound(float[] x, float[] w) {
    double s = greatest(x) / 127;
    double t = greatest(w) / 127;
    double bound = 0;
    for (int i = 0; i < x.length; i++) {
      bound += Math.abs(x[i]) * t / 2 + Math.abs(w[i]) * s / 2 + s * t / 4;
    }
    return bound;
  }

  private static double greatest(float[] numbers) {
    double greatest = 0;
    for (float number : numbers) {
      greatest = Math.max(greatest, Math.abs(number));
    }
    return greatest;
  }

  /**
   * Bayesian-Torch's int8 scales fit the means alone: sigma * eps saturates and the output's
   * standard deviation falls from 0.384 to 0.065.
   *
   * <p>The smallest sigma is an eighth of a step: only the 5 % of the 6,400 weights that lie next
   * to a boundary between two numbers move at all, so that the sum of their variances has a
   * relative standard error of some 7 %, and its root half of that.
   */
  @ParameterizedTest
  @CsvSource({"0.3, 0.03", "0.0486, 0.03", "0.01, 0.03", "0.001, 0.03", "0.0003, 0.1"})
  void t12TheSpreadOfTheDrawsSurvivesInt8(double sigma, double tolerance) {
    VariationalAffine layer = bayesian(sigma);
    INDArray x = examples(8);

    double exact = rootMeanVariance(layer, x);
    double int8 = rootMeanVariance(Int8Linear.of(layer, 4), x);

    assertThat(int8 / exact).isCloseTo(1, within(tolerance));
  }

  private static double rootMeanVariance(Layer layer, INDArray x) {
    INDArray outputs = MonteCarlo.of(layer).samples(200).outputs(x);
    return Math.sqrt(outputs.var(true, 0).meanNumber().doubleValue());
  }

  @Test
  void drawsWithTheSameNoiseAsTheFloatLayer() {
    VariationalAffine layer = bayesian(0.05);
    INDArray x = examples(16);
    Pass pass = Pass.sample(Noise.seeded(9));

    float[] exact = run(layer, x, pass);
    float[] int8 = run(Int8Linear.of(layer, 4), x, Pass.sample(Noise.seeded(9)));

    double error = 0;
    double size = 0;
    for (int i = 0; i < exact.length; i++) {
      error += Math.pow(int8[i] - exact[i], 2);
      size += Math.pow(exact[i], 2);
    }
    // Two uniform errors of a step / sqrt(12) on inputs and weights: about 1 % of the output here.
    assertThat(Math.sqrt(error / size)).isBetween(0.002, 0.02);
  }

  @Test
  void computesWithTheMeanInAMeanPass() {
    VariationalAffine layer = bayesian(0.05);
    INDArray x = examples(4);
    float[] exact = run(layer, x, Pass.mean());
    float[] int8 = run(Int8Linear.of(layer, 4), x, Pass.mean());

    for (int i = 0; i < exact.length; i++) {
      assertThat(int8[i]).isCloseTo(exact[i], within(0.1f));
    }
    assertThat(int8).isEqualTo(run(Int8Linear.of(layer, 4), x, Pass.mean()));
  }

  @Test
  void drawsOnceForAPassAndAnewForTheNext() {
    Int8Linear int8 = Int8Linear.of(bayesian(0.1), 4);
    INDArray x = examples(3);
    Pass pass = Pass.sample(Noise.seeded(1));

    float[] first = run(int8, x, pass);

    assertThat(run(int8, x, pass.forExamplesFrom(3))).isEqualTo(first);
    assertThat(run(int8, x, Pass.sample(Noise.seeded(2)))).isNotEqualTo(first);
  }

  @Test
  void predictsTheSameWhateverTheBatch() {
    Int8Linear int8 = Int8Linear.of(bayesian(0.1), 4);
    INDArray x = examples(10);

    assertThat(MonteCarlo.of(int8).samples(3).batchSize(3).outputs(x))
        .isEqualTo(MonteCarlo.of(int8).samples(3).outputs(x));
  }

  @Test
  void t12AFlipoutLayerKeepsItsSpread() {
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.1);
    LinearFlipout layer = new LinearFlipout(INPUTS, UNITS, spec, Init.seeded(7));
    INDArray x = examples(8);

    assertThat(rootMeanVariance(Int8Linear.of(layer, 4), x) / rootMeanVariance(layer, x))
        .isCloseTo(1, within(0.03));
  }

  @Test
  void needsNoBias() {
    VariationalSpec spec = VariationalSpec.defaults();
    AffineOp.Dense op = new AffineOp.Dense(INPUTS, UNITS, false);
    Int8Linear plain = Int8Linear.of(new Linear(INPUTS, UNITS, false, Init.seeded(1)));
    Int8Linear bayesian = Int8Linear.of(new LinearReparameterization(op, spec, Init.seeded(1)), 4);

    INDArray zeros = Nd4j.zeros(DataType.FLOAT, 2, INPUTS);

    assertThat(run(plain, zeros, Pass.mean())).containsOnly(0f);
    assertThat(run(bayesian, zeros, Pass.sample(Noise.seeded(1)))).containsOnly(0f);
  }

  @Test
  void drawsTheBias() {
    VariationalAffine layer = bayesian(0.1);
    INDArray zeros = Nd4j.zeros(DataType.FLOAT, 1, INPUTS);

    assertThat(run(Int8Linear.of(layer, 4), zeros, Pass.sample(Noise.seeded(4))))
        .containsExactly(run(layer, zeros, Pass.sample(Noise.seeded(4))), within(1e-6f));
  }

  @Test
  void takesSequencesOfRows() {
    Int8Linear int8 = Int8Linear.of(new Linear(INPUTS, UNITS, Init.seeded(1)));
    INDArray x = examples(6);
    float[] rows = run(int8, x, Pass.mean());
    Var sequences = int8.forward(Var.constant(x.reshape(2, 3, INPUTS)), Pass.mean());

    assertThat(sequences.shape()).containsExactly(2, 3, UNITS);
    assertThat(sequences.value().dup('c').data().asFloat()).isEqualTo(rows);
  }

  @Test
  void doesNotFollowTheLayerItCameFrom() {
    Linear layer = new Linear(INPUTS, UNITS, Init.seeded(1));
    Int8Linear int8 = Int8Linear.of(layer);
    float[] before = run(int8, examples(2), Pass.mean());
    layer.parameters().get("weight").value().muli(2);

    assertThat(run(int8, examples(2), Pass.mean())).isEqualTo(before);
  }

  @Test
  void adds32BitSumsWithoutOverflow() {
    int inputs = (int) Int8Product.MOST_TERMS;
    Linear layer = new Linear(inputs, 1, false, Init.seeded(1));
    layer.parameters().get("weight").assign(Nd4j.ones(DataType.FLOAT, 1, inputs));

    assertThat(run(Int8Linear.of(layer), Nd4j.ones(DataType.FLOAT, 1, inputs), Pass.mean())[0])
        .isCloseTo(inputs, within(1f));
  }

  @Test
  void refusesMoreInputsThan32BitsHold() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Int8Linear.of(new Linear(133_145, 1, Init.seeded(1))))
        .withMessage("inputs must be at most 133144, got 133145");
  }

  @Test
  void refusesWhatDoesNotFit() {
    Int8Linear int8 = Int8Linear.of(new Linear(INPUTS, UNITS, Init.seeded(1)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(int8, Nd4j.ones(DataType.FLOAT, 2, 7), Pass.mean()))
        .withMessage("x must be [N, ..., 200], got shape [2, 7]");
    INDArray broken = examples(3);
    broken.putScalar(1, 5, Float.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(int8, broken, Pass.mean()))
        .withMessage("x must be finite, got NaN or infinity in row 1");
  }

  @Test
  void refusesConvolutionsAndAScaleThatCutsDrawsOff() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Int8Linear.of(new Conv2d(ConvSpec.conv2d(1, 2, 3), Init.seeded(1))))
        .withMessageStartingWith("layer must be dense, got Conv");
    for (double k : List.of(0.0, 2.9, 17.0, Double.NaN)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Int8Linear.of(bayesian(0.1), k))
          .withMessage("coveredSigmas must be in [3, 16], got %s", k);
    }
  }

  @Test
  void saysThatItHasNoGradient() {
    Int8Linear int8 = Int8Linear.of(new Linear(INPUTS, UNITS, Init.seeded(1)));
    Var loss = Ops.sum(int8.forward(Var.leaf(examples(2)), Pass.train(Noise.seeded(1))));

    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> Gradients.of(loss))
        .withMessageContaining("has no gradient");
  }

  @Test
  void isTheSameForAnyNumberOfThreadsAtOnce() throws InterruptedException {
    Int8Linear int8 = Int8Linear.of(bayesian(0.1), 4);
    INDArray x = examples(20);
    INDArray expected = MonteCarlo.of(int8).samples(5).outputs(x);
    List<INDArray> results = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Thread thread =
          new Thread(
              () -> {
                INDArray mine = MonteCarlo.of(int8).samples(5).outputs(x);
                synchronized (results) {
                  results.add(mine);
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(results).hasSize(3).allMatch(expected::equals);
  }
}
