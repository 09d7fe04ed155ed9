package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BatchNormDropoutTest {
  @Test
  void runningStatisticsFollowACommittedStep() {
    BatchNorm1d layer = new BatchNorm1d(1);
    Var x = Var.constant(Nd4j.createFromArray(1f, 2f, 6f).reshape(3, 1));
    Pass pass = Pass.train(Noise.seeded(1));
    double[] y = Doubles.of(layer.forward(x, pass).value());
    double deviation = Math.sqrt(14 / 3.0 + 1e-5);
    assertThat(y[2]).isCloseTo(3 / deviation, within(1e-5));
    assertThat(layer.buffers().get("running_mean").getDouble(0)).isZero();
    PassControl.commit(pass);
    assertThat(layer.buffers().get("running_mean").getDouble(0)).isCloseTo(0.3, within(1e-6));
    // Unbiased: 0.9 * 1 + 0.1 * 7.
    assertThat(layer.buffers().get("running_var").getDouble(0)).isCloseTo(1.6, within(1e-5));
    double[] predicted = Doubles.of(layer.forward(x, Pass.mean()).value());
    assertThat(predicted[2]).isCloseTo(5.7 / Math.sqrt(1.6 + 1e-5), within(1e-4));
    assertThatThrownBy(() -> layer.forward(Var.constant(Nd4j.ones(1, 1)), pass))
        .hasMessageContaining("more than one element");
    assertThatThrownBy(() -> layer.forward(Var.constant(Nd4j.ones(3, 2)), pass))
        .hasMessageContaining("1 channels");
  }

  @Test
  void dropoutKeepsTheMeanAndRestsInPrediction() {
    Dropout dropout = new Dropout(0.25);
    INDArray ones = Nd4j.ones(200, 50);
    double[] y =
        Doubles.of(dropout.forward(Var.constant(ones), Pass.train(Noise.seeded(2))).value());
    double dropped = Arrays.stream(y).filter(v -> v == 0).count();
    assertThat(dropped / y.length).isCloseTo(0.25, within(4 * Math.sqrt(0.25 * 0.75 / y.length)));
    assertThat(Arrays.stream(y).filter(v -> v != 0))
        .allSatisfy(v -> assertThat(v).isCloseTo(4 / 3.0, within(1e-6)));
    Var x = Var.constant(ones);
    assertThat(dropout.forward(x, Pass.sample(Noise.seeded(2)))).isSameAs(x);
    assertThatThrownBy(() -> new Dropout(1)).hasMessageContaining("p must be in [0, 1)");
  }
}
