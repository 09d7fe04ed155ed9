package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import org.junit.jupiter.api.Test;

class GaussianMixtureTest {
  @Test
  void quantilesDivideTheProbability() {
    for (int trial = 0; trial < 300; trial++) {
      GaussianMixture mixture = random(trial);
      for (double q : new double[] {1e-9, 0.025, 0.3, 0.5, 0.975, 1 - 1e-9}) {
        double found = mixture.quantile(q);
        double resolution = 4e-15 * Math.abs(found) + 1e-15;
        assertThat(mixture.probabilityUpTo(found + resolution))
            .as("%d, %s", trial, q)
            .isGreaterThan(q - 1e-14);
        assertThat(mixture.probabilityUpTo(found - resolution))
            .as("%d, %s", trial, q)
            .isLessThan(q + 1e-14);
      }
    }
  }

  /** Means of very different sizes, some close together, and deviations over nine decades. */
  private static GaussianMixture random(int trial) {
    int n = 1 + trial % 40;
    float[] normals = new float[2 * n];
    Noise.seeded(trial).normals(normals, 0, 2 * n, 0);
    double[] means = new double[n];
    double[] sigmas = new double[n];
    for (int i = 0; i < n; i++) {
      means[i] = normals[i] * Math.pow(10, trial % 7 - 3);
      sigmas[i] = Math.exp(trial % 3 * 3 * normals[n + i]);
    }
    return new GaussianMixture(means, sigmas);
  }

  private static double halved(GaussianMixture mixture, double q) {
    double lower = -1e6;
    double upper = 1e6;
    for (int i = 0; i < 100; i++) {
      double middle = 0.5 * (lower + upper);
      if (mixture.probabilityUpTo(middle) < q) {
        lower = middle;
      } else {
        upper = middle;
      }
    }
    return upper;
  }

  @Test
  void certainValuesAreStepsAndOneIsItsOwnQuantile() {
    GaussianMixture steps = new GaussianMixture(new double[] {3, -1, 8}, new double[3]);
    assertThat(steps.quantile(0.2)).isCloseTo(-1, within(1e-13));
    assertThat(steps.quantile(0.5)).isCloseTo(3, within(1e-13));
    assertThat(steps.quantile(0.9)).isCloseTo(8, within(1e-13));
    assertThat(new GaussianMixture(new double[] {0}, new double[1]).quantile(0.5)).isZero();
    assertThat(new GaussianMixture(new double[] {7}, new double[1]).quantile(0.1)).isEqualTo(7);
  }

  @Test
  void oneSpikeAmongWideOnesIsFound() {
    GaussianMixture spike =
        new GaussianMixture(new double[] {0, 5, 5.5}, new double[] {1e-9, 2, 3});
    double q = 0.5 / 3 + 1e-3;
    assertThat(spike.quantile(q)).isCloseTo(halved(spike, q), within(1e-9));
  }
}
