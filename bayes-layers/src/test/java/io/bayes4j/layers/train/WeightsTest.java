package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Weights of examples, and labels of places, on their way from a data set to the loss. */
class WeightsTest {
  private static final INDArray X = Samples.normals(1, 12, 3);
  private static final INDArray Y = Samples.normals(2, 12, 2);

  private static double[] trained(Dataset data, Loss loss) throws IOException {
    Linear model = new Linear(3, 2, Init.seeded(5));
    Trainer.of(model, loss, data).epochs(3).batchSize(data.size()).learningRate(0.1).build().fit();
    return Doubles.of(model.parameters().get("weight").value());
  }

  /** One step for all: twice the weight and half the examples are the same sums. */
  @Test
  void anExampleOfWeightTwoCountsAsIfItWereThereTwice() throws IOException {
    Loss custom = (output, targets) -> Losses.gaussianNll(0.5).of(output, targets);
    int[] twice = IntStream.range(0, 12).map(i -> i / 2).toArray();
    Batch doubled = Dataset.of(X, Y).batch(twice);
    int[] once = IntStream.range(0, 12).toArray();
    double[] weights = new double[12];
    Arrays.setAll(weights, i -> i < 6 ? 2 : 0);
    for (Loss loss : List.of(Losses.gaussianNll(0.5), Losses.meanSquaredError(), custom)) {
      double[] expected = trained(Dataset.of(doubled.inputs(), doubled.targets()), loss);
      assertThat(trained(Dataset.of(X, Y).weighted(weights), loss))
          .usingComparatorWithPrecision(1e-4)
          .containsExactly(expected);
      assertThat(trained(Dataset.of(X, Y), loss)).isNotEqualTo(expected);
    }
    Batch batch = Dataset.of(X, Y).weighted(weights).weighted(weights).batch(once);
    assertThat(Doubles.of(batch.weights())).startsWith(4, 4).endsWith(0, 0);
  }

  /** A resumed run must have the weights that it began with. */
  @Test
  void theFingerprintOfDataTellsWeightsApart() {
    double[] weights = new double[12];
    Arrays.fill(weights, 1);
    Dataset data = Dataset.of(X, Y);
    String ones = data.weighted(weights).fingerprint();
    weights[11] = 2;
    assertThat(data.weighted(weights).fingerprint()).isNotEqualTo(ones);
    assertThat(data.fingerprint()).isNotEqualTo(ones);
  }

  @Test
  void refusesWeightsThatDoNotFit() {
    Dataset data = Dataset.of(X, Y);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.weighted(1, 2))
        .withMessage("weights must be 12, one for each example, got 2");
    double[] weights = new double[12];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.weighted(weights))
        .withMessageContaining("must not all be zero");
    weights[3] = Double.NaN;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.weighted(weights))
        .withMessage("weights[3] must be finite and >= 0, got NaN");
  }

  @Test
  void labelsOfPlacesAreChecked() {
    INDArray labels = Samples.array(new long[] {12, 2}, new double[24]);
    labels.putScalar(5, 255);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.of(X, labels, 3))
        .withMessage("label 5 must be a whole number in [0, 3), got 255.0");
    Dataset data = Dataset.of(X, labels.castTo(DataType.INT32), 3, 255);
    assertThat(Doubles.of(data.batch(2).targets())).containsExactly(0, 255);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.of(X, labels.add(0.5), 3, 255))
        .withMessageContaining("got 0.5");
  }
}
