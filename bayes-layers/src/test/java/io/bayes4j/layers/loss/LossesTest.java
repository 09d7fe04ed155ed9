package io.bayes4j.layers.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The losses against their closed forms. */
class LossesTest {
  private static final INDArray OUTPUT = Samples.array(new long[] {2, 2}, 1, -2, 0.5, 3);
  private static final INDArray TARGETS = Samples.array(new long[] {2, 2}, 0, -1, 2, 3);
  private static final double SQUARES = 1 + 1 + 2.25 + 0;

  private static double value(Loss loss, INDArray output, INDArray targets) {
    return loss.of(Var.constant(output), targets).item();
  }

  @Test
  void crossEntropyIsTheMeanOfMinusLogSoftmax() {
    INDArray labels = Samples.array(new long[] {2}, 1, 0);
    double expected = (Math.log1p(Math.exp(3)) + Math.log1p(Math.exp(2.5))) / 2;
    assertThat(value(Losses.crossEntropy(), OUTPUT, labels)).isCloseTo(expected, within(1e-6));
    assertThat(Losses.crossEntropy().metrics(OUTPUT, labels)).containsEntry("accuracy", 0.0);
    INDArray right = Samples.array(new long[] {2}, 0, 0);
    assertThat(Losses.crossEntropy().metrics(OUTPUT, right)).containsEntry("accuracy", 0.5);
  }

  @Test
  void meanSquaredErrorIsAveragedOverElements() {
    assertThat(value(Losses.meanSquaredError(), OUTPUT, TARGETS))
        .isCloseTo(SQUARES / 4, within(1e-6));
  }

  @Test
  void gaussianWithAKnownSpreadIsSummedOverOutputsAndAveragedOverExamples() {
    double sigma = 0.7;
    double logs = 4 * (Math.log(sigma) + 0.5 * Math.log(2 * Math.PI));
    double expected = (logs + SQUARES / (2 * sigma * sigma)) / 2;
    assertThat(value(Losses.gaussianNll(sigma), OUTPUT, TARGETS)).isCloseTo(expected, within(1e-5));
  }

  @Test
  void gaussianWithAPredictedSpreadReadsTheVarianceFromTheSecondHalf() {
    INDArray targets = Samples.array(new long[] {2, 1}, 0.25, -1);
    double first = Math.log1p(Math.exp(-2)) + 1e-6;
    double second = Math.log1p(Math.exp(3)) + 1e-6;
    double expected = (nll(1 - 0.25, first) + nll(0.5 + 1, second)) / 2;
    assertThat(value(Losses.gaussianNll(), OUTPUT, targets)).isCloseTo(expected, within(1e-5));
  }

  private static double nll(double error, double variance) {
    return 0.5 * (Math.log(2 * Math.PI * variance) + error * error / variance);
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    for (Loss loss : List.of(Losses.meanSquaredError(), Losses.gaussianNll(0.7))) {
      Var x = Var.leaf(OUTPUT);
      GradientCheck.of(() -> loss.of(x, TARGETS)).run(x);
    }
    Var x = Var.leaf(OUTPUT);
    INDArray labels = Samples.array(new long[] {2}, 1, 0);
    GradientCheck.of(() -> Losses.crossEntropy().of(x, labels)).run(x);
    INDArray column = Samples.array(new long[] {2, 1}, 0.25, -1);
    GradientCheck.of(() -> Losses.gaussianNll().of(x, column)).run(x);
  }

  @Test
  void refusesTargetsThatDoNotFit() {
    INDArray row = Samples.array(new long[] {2}, 0, 1);
    for (Loss loss : List.of(Losses.meanSquaredError(), Losses.gaussianNll(1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> value(loss, OUTPUT, row))
          .withMessage("targets must have the output's shape [2, 2], got [2]");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> value(Losses.gaussianNll(), OUTPUT, TARGETS))
        .withMessage(
            "output must be [N, 2 D] for targets [N, D], places behind both alike, got [2, 2] and [2, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> value(Losses.crossEntropy(), OUTPUT, Samples.array(new long[] {2}, 0.5, 1)))
        .withMessage("targets[0] must be a whole number, got 0.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Losses.gaussianNll(-1))
        .withMessageContaining("sigma");
  }
}
