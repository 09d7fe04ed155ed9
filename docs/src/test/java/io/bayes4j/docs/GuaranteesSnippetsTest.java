package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.PredictionIntervals;
import io.bayes4j.core.uncertainty.PredictionSets;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model that has learned nothing: what is guaranteed holds all the same. */
final class GuaranteesSnippetsTest {
  private static final int N = 1000;

  private static Predictor model(long outputs) {
    VariationalSpec spec = VariationalSpec.defaults();
    return MonteCarlo.of(new LinearReparameterization(3, outputs, spec, Init.seeded(1))).samples(5);
  }

  private static INDArray inputs(String name) {
    return Noise.seeded(2).split(name).normals(N, 3);
  }

  private static int[] labels(String name) {
    int[] labels = Noise.seeded(3).split(name).permutation(N);
    return Arrays.stream(labels).map(i -> i % 4).toArray();
  }

  @Test
  void setsCoverWhatTheySay() {
    PredictionSets sets =
        GuaranteesSnippets.sets(model(4), inputs("held"), labels("held"), inputs("asked"));
    assertThat(sets.coverage(labels("asked"))).isCloseTo(0.9, within(0.07));
  }

  @Test
  void rangesCoverWhatTheySay() {
    INDArray held = Noise.seeded(4).split("held").normals(N, 1).muli(9);
    INDArray asked = Noise.seeded(4).split("asked").normals(N, 1).muli(9);
    PredictionIntervals ranges =
        GuaranteesSnippets.intervals(model(2), inputs("held"), held, inputs("asked"));
    assertThat(ranges.coverage(asked)).isCloseTo(0.9, within(0.07));
  }

  @Test
  void aModelThatGuessesMayNotAnswer() {
    Prediction held = model(4).classify(inputs("held"));
    int[] answers = held.mean().argMax(1).toIntVector();
    int[] labels = labels("held");
    boolean[] correct = new boolean[N];
    for (int i = 0; i < N; i++) {
      correct[i] = answers[i] == labels[i];
    }
    Prediction asked = model(4).classify(inputs("asked"));
    assertThat(GuaranteesSnippets.refusal(held, correct, asked, 0.1)).containsOnly(false);
    Arrays.fill(correct, true);
    assertThat(GuaranteesSnippets.refusal(held, correct, asked, 0.1)).contains(true);
  }

  @Test
  void aStreamKeepsItsRate() {
    double[] distances = new double[5000];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = Math.abs(Math.sin(i)) * (1 + i / 1000.0);
    }
    assertThat(GuaranteesSnippets.stream(distances)).isCloseTo(0.1, within(0.02));
  }
}
