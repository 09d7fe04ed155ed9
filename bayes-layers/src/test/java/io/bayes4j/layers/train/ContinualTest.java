package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Posteriors;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Bayesian linear regression in two stages. The inputs are orthogonal, so that the exact posterior
 * is factorised, with the precision 1 / prior^2 + sum x^2 / noise^2 for each weight.
 */
class ContinualTest {
  private static final int EACH = 32;
  private static final double NOISE = 0.5;
  private static final int STEPS = 600;

  private final double[] x = new double[2 * EACH];
  private final double[] y = new double[2 * EACH];

  ContinualTest() {
    double[] eps = Doubles.of(Noise.seeded(4).normals(2 * EACH));
    for (int i = 0; i < 2 * EACH; i++) {
      // The second stage moves on: its data alone would say something else.
      x[i] = i % 2 == 0 ? 0.5 : 0.3;
      y[i] = (i < EACH ? 0.8 : 1.4) * x[i] + NOISE * eps[i];
    }
  }

  private Dataset rows(int from, int to) {
    float[] inputs = new float[2 * (to - from)];
    float[] targets = new float[to - from];
    for (int i = from; i < to; i++) {
      inputs[2 * (i - from) + i % 2] = (float) x[i];
      targets[i - from] = (float) y[i];
    }
    return Dataset.of(
        Nd4j.createFromArray(inputs).reshape(-1, 2), Nd4j.createFromArray(targets).reshape(-1, 1));
  }

  private static void train(VariationalAffine layer, Dataset data) throws IOException {
    Trainer.of(layer, Losses.gaussianNll(NOISE), data)
        .epochs(STEPS)
        .batchSize(data.size())
        .samples(4)
        .learningRate(Schedule.cosine(0.03, 0.0003, STEPS))
        .build()
        .fit();
  }

  @Test
  void twoStagesGiveThePosteriorOfBothDataSetsTogether() throws IOException {
    VariationalSpec spec = VariationalSpec.defaults().withPrior(GaussianPrior.of(0, 1));
    VariationalAffine layer =
        VariationalLayers.fresh(
            new AffineOp.Dense(2, 1, false), Estimator.REPARAMETERIZATION, spec, Init.seeded(1));
    train(layer, rows(0, EACH));
    Posteriors.becomePriors(layer);
    train(layer, rows(EACH, 2 * EACH));

    GaussianPosterior q = layer.distributions().get("weight").posterior();
    for (int k = 0; k < 2; k++) {
      double precision = 1;
      double products = 0;
      for (int i = k; i < x.length; i += 2) {
        precision += x[i] * x[i] / (NOISE * NOISE);
        products += x[i] * y[i] / (NOISE * NOISE);
      }
      double sigma = 1 / Math.sqrt(precision);
      assertThat(q.mu().value().getDouble(0, k))
          .isCloseTo(products / precision, within(0.2 * sigma));
      assertThat(q.sigma().getDouble(0, k)).isCloseTo(sigma, within(0.08 * sigma));
    }
  }
}
