package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MonteCarloDropoutTest {
  private static final INDArray X = Noise.seeded(2).normals(20, 3);

  private static Sequential model(double p) {
    Init init = Init.seeded(1);
    Sequential model =
        Sequential.of(
            new Linear(3, 8, init), new BatchNorm1d(8), new Dropout(p), new Linear(8, 2, init));
    for (int step = 0; step < 5; step++) {
      Pass pass = Pass.train(Noise.seeded(step));
      Gradients.off(() -> pass.run(model, Var.constant(X.add(1))));
      PassControl.commit(pass);
    }
    return model;
  }

  @Test
  void batchNormalisationKeepsItsRunningStatistics() {
    Sequential model = model(0.5);
    BatchNorm1d norm = (BatchNorm1d) model.slots().get(1).layer();
    double[] mean = Doubles.of(norm.buffers().get("running_mean"));
    double[] variance = Doubles.of(norm.buffers().get("running_var"));

    INDArray all = MonteCarloDropout.of(model).samples(5).outputs(X);
    INDArray shifted = X.dup().addi(100);
    shifted.putRow(0, X.getRow(0));
    INDArray amongOthers = MonteCarloDropout.of(model).samples(5).outputs(shifted);

    assertThat(Doubles.of(norm.buffers().get("running_mean"))).isEqualTo(mean);
    assertThat(Doubles.of(norm.buffers().get("running_var"))).isEqualTo(variance);
    for (int sample = 0; sample < 5; sample++) {
      assertThat(amongOthers.getDouble(sample, 0, 0))
          .isCloseTo(all.getDouble(sample, 0, 0), within(1e-5));
    }
  }

  /** With one linear layer after the dropout, mean and variance over draws are known. */
  @Test
  void theDrawsHaveTheMomentsOfDroppedUnits() {
    double p = 0.3;
    Sequential model = Sequential.of(new Dropout(p), new Linear(3, 1, false, Init.seeded(3)));
    INDArray x = Nd4j.createFromArray(new float[][] {{1f, -2f, 0.5f}});
    double[] w =
        Doubles.of(((Linear) model.slots().get(1).layer()).parameters().get("weight").value());
    double mean = w[0] - 2 * w[1] + 0.5 * w[2];
    double variance = p / (1 - p) * (w[0] * w[0] + 4 * w[1] * w[1] + 0.25 * w[2] * w[2]);
    int samples = 20_000;
    double[] y = Doubles.of(MonteCarloDropout.of(model).samples(samples).outputs(x));
    double sum = 0;
    double squares = 0;
    for (double value : y) {
      sum += value;
      squares += (value - mean) * (value - mean);
    }
    assertThat(sum / samples).isCloseTo(mean, within(5 * Math.sqrt(variance / samples)));
    assertThat(squares / samples).isCloseTo(variance, within(0.05 * variance));
  }

  @Test
  void dropoutBetweenRecurrentLayersCounts() {
    RecurrentSpec spec = RecurrentSpec.of(3, 4).withLayers(2).withDropout(0.5);
    INDArray y =
        MonteCarloDropout.of(new Lstm(spec, Init.seeded(1)))
            .samples(2)
            .outputs(Noise.seeded(1).normals(2, 5, 3));
    assertThat(Doubles.of(y.slice(0))).isNotEqualTo(Doubles.of(y.slice(1)));
  }

  @Test
  void aModelThatDropsNothingIsRefused() {
    for (Sequential model :
        new Sequential[] {model(0), Sequential.of(new Linear(3, 2, Init.seeded(1)))}) {
      assertThatThrownBy(() -> MonteCarloDropout.of(model))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("dropout with p > 0");
    }
  }
}
