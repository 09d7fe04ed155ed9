package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Small models and runs for tests of the trainer. */
final class Runs {
  private Runs() {}

  /** Two classes, apart by the sign of the first of three inputs. */
  static Dataset data(int examples, long seed) {
    INDArray x = Noise.seeded(seed).normals(examples, 3);
    int[] labels = new int[examples];
    for (int i = 0; i < examples; i++) {
      labels[i] = x.getFloat(i, 0) > 0 ? 1 : 0;
    }
    return Dataset.of(x, labels, 2);
  }

  /** A Bayesian layer, batch normalisation, dropout and a plain layer. */
  static Sequential model() {
    Init init = Init.seeded(2);
    return Sequential.of(
        new LinearFlipout(3, 4, VariationalSpec.defaults(), init),
        new BatchNorm1d(4),
        Activation.RELU,
        new Dropout(0.1),
        new Linear(4, 2, init));
  }

  static Trainer.Builder trainer(Layer model) {
    return trainer(model, data(24, 1));
  }

  static Trainer.Builder trainer(Layer model, Dataset data) {
    return Trainer.of(model, Losses.crossEntropy(), data)
        .epochs(2)
        .batchSize(8)
        .seed(3)
        .learningRate(0.02);
  }

  static Map<String, double[]> numbers(Layer model) {
    Map<String, double[]> numbers = new LinkedHashMap<>();
    StateDict.of(model).forEach((name, array) -> numbers.put(name, Doubles.of(array)));
    return numbers;
  }

  static void assertSame(Layer model, Map<String, double[]> expected) {
    Map<String, double[]> actual = numbers(model);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, values) -> assertThat(actual.get(name)).as(name).isEqualTo(values));
  }
}
