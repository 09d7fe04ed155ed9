package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.optim.Sgd;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.TrainingListener;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SwagTest {
  private static final EpochRecord EPOCH = new EpochRecord(1, 0, 0, 0, 0, 0, 0, Map.of(), Map.of());

  /** Six iterates of two weights, as a trainer would pass through. */
  private static final double[][] PATH = {
    {1, 10}, {2, 8}, {1.5, 9}, {3, 7}, {2.5, 9.5}, {0.5, 8.5}
  };

  /** A layer whose two outputs for input one are its two weights. */
  private static Linear twoWeights() {
    return new Linear(1, 2, false, Init.seeded(1));
  }

  private static SwagCollector walked(Linear layer, int rank) {
    SwagCollector collector = SwagCollector.of(layer).rank(rank);
    Parameter weight = layer.parameters().get("weight");
    for (double[] at : PATH) {
      weight.assign(Nd4j.createFromArray(new float[][] {{(float) at[0]}, {(float) at[1]}}));
      collector.epoch(EPOCH);
    }
    return collector;
  }

  /** The covariance of the paper's equation 1, from the definition. */
  private static double[][] covariance(int rank) {
    int n = PATH.length;
    double[][] expected = new double[2][2];
    double[] mean = new double[2];
    double[] squares = new double[2];
    List<double[]> deviations = new ArrayList<>();
    for (int t = 1; t <= n; t++) {
      for (int i = 0; i < 2; i++) {
        mean[i] += (PATH[t - 1][i] - mean[i]) / t;
        squares[i] += (PATH[t - 1][i] * PATH[t - 1][i] - squares[i]) / t;
      }
      deviations.add(new double[] {PATH[t - 1][0] - mean[0], PATH[t - 1][1] - mean[1]});
    }
    for (int i = 0; i < 2; i++) {
      expected[i][i] = (squares[i] - mean[i] * mean[i]) * (rank == 0 ? 1 : 0.5);
      for (int j = 0; j < 2; j++) {
        for (double[] d : deviations.subList(n - rank, n)) {
          expected[i][j] += d[i] * d[j] / (2.0 * (rank - 1));
        }
      }
    }
    return expected;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 4})
  void drawsHaveTheMomentsOfTheFormula(int rank) {
    Linear layer = twoWeights();
    int samples = 4_000;
    INDArray one = Nd4j.ones(1, 1);
    double[] y = Doubles.of(walked(layer, rank).posterior().samples(samples).outputs(one));
    double[] mean = {10.5 / 6, 52.0 / 6};
    double[][] actual = new double[2][2];
    double[] sums = new double[2];
    for (int s = 0; s < samples; s++) {
      for (int i = 0; i < 2; i++) {
        sums[i] += y[2 * s + i] / samples;
        for (int j = 0; j < 2; j++) {
          actual[i][j] += (y[2 * s + i] - mean[i]) * (y[2 * s + j] - mean[j]) / samples;
        }
      }
    }
    double[][] expected = covariance(rank);
    for (int i = 0; i < 2; i++) {
      double error = Math.sqrt(expected[i][i] / samples);
      assertThat(sums[i]).isCloseTo(mean[i], within(4 * error));
      for (int j = 0; j < 2; j++) {
        // Of a product of two normal variables, by Isserlis' theorem.
        double square = expected[i][i] * expected[j][j] + expected[i][j] * expected[i][j];
        assertThat(actual[i][j])
            .as("rank %d, covariance %d, %d", rank, i, j)
            .isCloseTo(expected[i][j], within(4 * Math.sqrt(square / samples)));
      }
    }
  }

  @Test
  void theModelHasItsOwnWeightsBackAndLaterStepsChangeNothing() {
    Linear layer = twoWeights();
    SwagCollector collector = walked(layer, 3);
    Swag swag = collector.posterior().samples(4);
    INDArray x = Noise.seeded(1).normals(5, 1);
    double[] own = Doubles.of(layer.parameters().get("weight").value());
    double[] first = Doubles.of(swag.outputs(x));
    assertThat(Doubles.of(layer.parameters().get("weight").value())).isEqualTo(own);
    assertThatThrownBy(() -> swag.outputs(Noise.seeded(1).normals(5, 7)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Doubles.of(layer.parameters().get("weight").value())).isEqualTo(own);

    layer.parameters().get("weight").value().assign(100);
    collector.epoch(EPOCH);
    assertThat(collector.collected()).isEqualTo(7);
    assertThat(Doubles.of(swag.outputs(x))).isEqualTo(first);
    assertThat(Doubles.of(swag.seed(1).outputs(x))).isNotEqualTo(first);
  }

  @Test
  void theMeanCanBeWrittenIntoTheModel() {
    Linear layer = twoWeights();
    walked(layer, 0).posterior().writeMean();
    double[] weights = Doubles.of(layer.parameters().get("weight").value());
    assertThat(weights[0]).isCloseTo(10.5 / 6, within(1e-6));
    assertThat(weights[1]).isCloseTo(52.0 / 6, within(1e-6));
  }

  static Stream<BatchNormSpec> normalisations() {
    BatchNormSpec four = BatchNormSpec.of(4);
    return Stream.of(four, four.withMomentum(0), four.withCumulativeAverage().withoutAffine());
  }

  @ParameterizedTest
  @MethodSource("normalisations")
  void statisticsOfBatchNormalisationAreThoseOfTheDrawOverTheTrainingData(BatchNormSpec spec) {
    Init init = Init.seeded(1);
    Sequential model = Sequential.of(new Linear(3, 4, false, init), new BatchNorm1d(spec));
    SwagCollector collector = SwagCollector.of(model).rank(0);
    for (int step = 0; step < 3; step++) {
      Layers.parameters(model).get("0.weight").value().muli(1.5);
      collector.epoch(EPOCH);
    }
    assertThatThrownBy(collector::posterior).hasMessageContaining("batch normalisation");
    Map<String, INDArray> before = StateDict.copyOf(model);
    Swag swag = collector.posterior(Toys.classes()).samples(3);
    for (int call = 0; call < 2; call++) {
      INDArray y = swag.outputs(Toys.X);
      for (int s = 0; s < 3; s++) {
        for (int channel = 0; channel < 4; channel++) {
          assertNormal(Doubles.of(y.slice(s)), channel);
        }
      }
    }
    StateDict.of(model)
        .forEach((name, a) -> assertThat(Doubles.of(a)).isEqualTo(Doubles.of(before.get(name))));
  }

  /** Over the data that the statistics are of, a channel has mean zero and variance one. */
  private static void assertNormal(double[] y, int channel) {
    int n = Toys.EXAMPLES;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      sum += y[4 * i + channel];
      squares += y[4 * i + channel] * y[4 * i + channel];
    }
    assertThat(sum / n).isCloseTo(0, within(1e-4));
    assertThat(squares / (n - 1)).isCloseTo(1, within(1e-3));
  }

  @Test
  void collectsWhileTheTrainerRuns() throws IOException {
    Sequential model = Toys.perceptron(1);
    SwagCollector collector = SwagCollector.of(model).rank(5).fromEpoch(11);
    List<Integer> epochs = new ArrayList<>();
    TrainingListener other =
        new TrainingListener() {
          @Override
          public void epoch(EpochRecord record) {
            epochs.add(record.epoch());
          }
        };
    SwagCollector bySteps = SwagCollector.of(model).rank(2).fromEpoch(20).everySteps(2);
    Trainer.of(model, Losses.crossEntropy(), Toys.classes())
        .epochs(20)
        .batchSize(10)
        .optimizer(parameters -> new Sgd(parameters, 0.9, 0))
        .learningRate(Schedule.constant(0.05))
        .listener(collector.and(other).and(bySteps))
        .build()
        .fit();
    assertThat(collector.collected()).isEqualTo(10);
    assertThat(bySteps.collected()).isEqualTo(3);
    assertThat(epochs).hasSize(20);
    Prediction prediction = collector.posterior().classify(Toys.X);
    assertThat(Calibration.accuracy(prediction.mean(), Toys.labels())).isGreaterThan(0.9);
    assertThat(prediction.mutualInformation().maxNumber().doubleValue()).isPositive();
  }

  @Test
  void badSettingsAreErrors() {
    Linear layer = twoWeights();
    assertThatThrownBy(() -> SwagCollector.of(layer).posterior())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("were 0 times");
    assertThatThrownBy(() -> SwagCollector.of(layer).rank(1)).hasMessageContaining("got 1");
    assertThatThrownBy(() -> SwagCollector.of(layer).fromEpoch(0))
        .hasMessageContaining("fromEpoch");
    assertThatThrownBy(() -> SwagCollector.of(layer).everySteps(0))
        .hasMessageContaining("everySteps");
    assertThatThrownBy(
            () ->
                SwagCollector.of(
                    new LinearFlipout(2, 2, VariationalSpec.defaults(), Init.seeded(1))))
        .hasMessageContaining("plain for SWAG");
    layer.parameters().get("weight").setTrainable(false);
    assertThatThrownBy(() -> SwagCollector.of(layer)).hasMessageContaining("trainable");
  }
}
