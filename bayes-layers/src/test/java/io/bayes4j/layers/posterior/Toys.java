package io.bayes4j.layers.posterior;

import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.train.Dataset;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Small models and data that several tests share. */
final class Toys {
  static final int EXAMPLES = 60;
  static final INDArray X = Noise.seeded(7).normals(EXAMPLES, 3);

  private Toys() {}

  /** Three inputs, two classes or outputs. */
  static Sequential perceptron(long seed) {
    Init init = Init.seeded(seed);
    return Sequential.of(new Linear(3, 5, init), Activation.TANH, new Linear(5, 2, init));
  }

  static int[] labels() {
    int[] labels = new int[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      labels[i] = X.getDouble(i, 0) + 0.3 * X.getDouble(i, 1) > 0 ? 1 : 0;
    }
    return labels;
  }

  static Dataset classes() {
    return Dataset.of(X, labels(), 2);
  }
}
