package io.bayes4j.layers.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class AlignmentLossesTest {
  /** Two sure answers and two unsure ones, of each the second wrong. */
  private static final double[][] LOGITS = {{4, 0}, {0, 3}, {0.2, 0}, {0, 0.4}};

  private static final INDArray LABELS = Samples.array(new long[] {4}, 0, 0, 0, 0);
  private static final double THRESHOLD = 0.5;

  private static Var logits() {
    return Var.leaf(
        Samples.array(
            new long[] {4, 2}, Arrays.stream(LOGITS).flatMapToDouble(Arrays::stream).toArray()));
  }

  /** The paper's sums, in doubles. */
  private static double share(double threshold) {
    double desired = 0;
    double all = 0;
    for (int i = 0; i < LOGITS.length; i++) {
      double gap = LOGITS[i][0] - LOGITS[i][1];
      double p = 1 / (1 + Math.exp(-Math.abs(gap)));
      double u = -p * Math.log(p) - (1 - p) * Math.log(1 - p);
      boolean right = gap > 0;
      boolean certain = u <= threshold;
      double weight = (right ? p : 1 - p) * (certain ? 1 - Math.tanh(u) : Math.tanh(u));
      all += weight;
      desired += right == certain ? weight : 0;
    }
    return desired / all;
  }

  @Test
  void accuracyVersusUncertaintyIsMinusLogOfTheDesiredShare() {
    double loss = AlignmentLosses.accuracyVersusUncertainty(THRESHOLD).of(logits(), LABELS).item();
    assertThat(loss).isCloseTo(-Math.log(share(THRESHOLD)), within(1e-5)).isPositive();
  }

  @Test
  void theAreaIsTheMeanOverThresholdsOfTheBatchsRange() {
    double[] entropies =
        Arrays.stream(LOGITS)
            .mapToDouble(l -> 1 / (1 + Math.exp(-Math.abs(l[0] - l[1]))))
            .map(p -> -p * Math.log(p) - (1 - p) * Math.log(1 - p))
            .sorted()
            .toArray();
    double area = 0;
    for (int k = 0; k <= 20; k++) {
      double threshold = entropies[0] + (entropies[3] - entropies[0]) * k / 20;
      // The ends are elements of the batch themselves: float rounding must not move them.
      threshold += k == 0 || k == 20 ? 1e-6 : 0;
      area += share(threshold) * (k == 0 || k == 20 ? 0.5 : 1) / 20;
    }
    double loss = AlignmentLosses.areaUnderAccuracyVersusUncertainty().of(logits(), LABELS).item();
    assertThat(loss).isCloseTo(-Math.log(area), within(1e-4));
  }

  @Test
  void errorAlignedUncertaintyByHand() {
    // Means 1, 3 and targets 1.1, 1; variances softplus(-4) and softplus(1).
    INDArray output = Samples.array(new long[] {2, 2}, 1, -4, 3, 1);
    INDArray targets = Samples.array(new long[] {2, 1}, 1.1, 1);
    double calm = Math.tanh(Math.sqrt(Math.log1p(Math.exp(-4)) + 1e-6));
    double wild = Math.tanh(Math.sqrt(Math.log1p(Math.exp(1)) + 1e-6));
    double near = Math.tanh(0.1);
    double far = Math.tanh(2);
    double desired = (1 - near) * (1 - calm);
    double undesired = far * (1 - wild);
    Loss loss = AlignmentLosses.errorAlignedUncertainty(0.5, 2);
    assertThat(loss.of(Var.constant(output), targets).item())
        .isCloseTo(-Math.log(desired / (desired + undesired)), within(1e-5));
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    for (Loss loss :
        List.of(
            AlignmentLosses.accuracyVersusUncertainty(THRESHOLD),
            AlignmentLosses.accuracyVersusUncertainty(10))) {
      Var x = logits();
      GradientCheck.of(() -> loss.of(x, LABELS)).run(x);
    }
    Var output = Var.leaf(Samples.normals(1, 5, 4));
    INDArray targets = Samples.normals(2, 5, 2);
    GradientCheck.of(() -> AlignmentLosses.errorAlignedUncertainty(0.7, 0.8).of(output, targets))
        .run(output);
  }

  /** The peer's losses catch the error of an empty cell: a constant 23.026 without a gradient. */
  @Test
  void emptyCellsHaveADefinedValueAndAGradient() {
    INDArray allWrong = Samples.array(new long[] {4}, 1, 0, 1, 0);
    for (Loss loss :
        List.of(
            AlignmentLosses.accuracyVersusUncertainty(0),
            AlignmentLosses.accuracyVersusUncertainty(1),
            AlignmentLosses.areaUnderAccuracyVersusUncertainty())) {
      for (INDArray labels : List.of(LABELS, allWrong)) {
        Var x = logits();
        Var value = loss.of(x, labels);
        double[] gradient = Doubles.of(Gradients.of(value).get(x));
        assertThat(value.item()).isFinite().isGreaterThanOrEqualTo(-1e-6);
        assertThat(Arrays.stream(gradient).allMatch(Double::isFinite)).isTrue();
        boolean perfect = value.item() < 1e-6;
        assertThat(perfect || Arrays.stream(gradient).anyMatch(g -> g != 0)).isTrue();
      }
    }
    Var single = Var.leaf(Samples.array(new long[] {1, 2}, 3, 1));
    Loss area = AlignmentLosses.areaUnderAccuracyVersusUncertainty();
    assertThat(area.of(single, Samples.array(new long[] {1}, 0)).item()).isCloseTo(0, within(1e-6));
  }

  @Test
  void aColumnOfErrorsCountsElementByElement() {
    Var output = Var.leaf(Samples.normals(1, 6, 2));
    INDArray column = Samples.normals(2, 6, 1);
    Var value = AlignmentLosses.errorAlignedUncertainty(0.5, 1).of(output, column);
    assertThat(value.item()).isFinite().isLessThan(20);
    double[] gradient = Doubles.of(Gradients.of(value).get(output));
    assertThat(Arrays.stream(gradient).filter(g -> g != 0).count()).isEqualTo(12);
  }

  @Test
  void shapesThatDoNotFitAreErrors() {
    Loss avu = AlignmentLosses.accuracyVersusUncertainty(THRESHOLD);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> avu.of(logits(), Samples.array(new long[] {4, 1}, 0, 0, 0, 0)))
        .withMessageContaining("one class number a row");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> avu.of(logits(), Samples.array(new long[] {3}, 0, 0, 0)))
        .withMessageContaining("output must be [3, K]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> avu.of(logits(), Samples.array(new long[] {4}, 0, 2, 0, 0)))
        .withMessage("targets[1] must be in [0, 2), got 2");
    Loss eau = AlignmentLosses.errorAlignedUncertainty(1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> eau.of(logits(), LABELS))
        .withMessageContaining("output must be [N, 2 D]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AlignmentLosses.errorAlignedUncertainty(0, 1))
        .withMessageContaining("errorThreshold");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AlignmentLosses.accuracyVersusUncertainty(Double.NaN))
        .withMessageContaining("threshold");
  }
}
