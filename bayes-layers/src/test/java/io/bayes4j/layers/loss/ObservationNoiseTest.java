package io.bayes4j.layers.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class ObservationNoiseTest {
  private static final Pass PASS = Pass.train(Noise.seeded(1));

  @Test
  void isTheGaussianOfAKnownSigmaWhileThatIsItsSigma() {
    INDArray means = Noise.seeded(1).normals(4, 2, 3);
    INDArray targets = Noise.seeded(2).normals(4, 2, 3);
    for (double sigma : new double[] {0.01, 0.3, 1, 40}) {
      ObservationNoise noise = new ObservationNoise(2, sigma);
      double loss =
          Losses.gaussianNll().of(noise.forward(Var.constant(means), PASS), targets).item();
      double expected = Losses.gaussianNll(sigma).of(Var.constant(means), targets).item();
      assertThat(loss).isCloseTo(expected, within(2e-4 * Math.abs(expected)));
      assertThat(noise.sigma().getDouble(1)).isCloseTo(sigma, within(1e-5 * sigma));
    }
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    ObservationNoise noise = new ObservationNoise(2, 0.7);
    Var x = Var.leaf(Noise.seeded(1).normals(3, 2));
    INDArray targets = Noise.seeded(2).normals(3, 2);
    Var raw = noise.parameters().get("raw").var();
    GradientCheck.of(() -> Losses.gaussianNll().of(noise.forward(x, PASS), targets)).run(x, raw);
  }

  @Test
  void learnsTheNoiseOfEachOutput() throws IOException {
    INDArray x = Noise.seeded(1).normals(2000, 1);
    INDArray y = Noise.seeded(2).normals(2000, 2);
    y.muliRowVector(Samples.array(new long[] {1, 2}, 0.2, 1.5));
    ObservationNoise noise = new ObservationNoise(2, 1);
    Layer model = Sequential.of(new Linear(1, 2, Init.seeded(1)), noise);
    Trainer.of(model, Losses.gaussianNll(), Dataset.of(x, y))
        .epochs(60)
        .batchSize(500)
        .learningRate(0.05)
        .build()
        .fit();
    // The standard error of a deviation from 2,000 numbers is 1.6 % of it.
    assertThat(noise.sigma().getDouble(0)).isCloseTo(0.2, within(0.01));
    assertThat(noise.sigma().getDouble(1)).isCloseTo(1.5, within(0.075));
    assertThat(MonteCarlo.atMean(model).regress(x).aleatoricVariance().getDouble(7, 1))
        .isCloseTo(2.25, within(0.25));
  }

  @Test
  void refusesOtherShapesAndSigmas() {
    ObservationNoise noise = new ObservationNoise(2, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> noise.forward(Var.constant(Noise.seeded(1).normals(3, 4)), PASS))
        .withMessage("x must be [N, 2] or [N, 2, places...], got shape [3, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ObservationNoise(1, 0))
        .withMessage("sigma must be in [0.01, 1000], got 0.0");
  }
}
