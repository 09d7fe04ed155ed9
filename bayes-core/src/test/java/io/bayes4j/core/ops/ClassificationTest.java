package io.bayes4j.core.ops;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ClassificationTest {
  private static final int ROWS = 5;
  private static final int CLASSES = 4;
  private static final int[] LABELS = {0, 3, 1, 1, 2};

  private static INDArray logits() {
    return Samples.normals(1, ROWS, CLASSES).mul(3);
  }

  private static double[] probabilities(INDArray logits) {
    double[] p = Doubles.of(logits);
    for (int row = 0; row < ROWS; row++) {
      double sum = 0;
      for (int k = 0; k < CLASSES; k++) {
        p[row * CLASSES + k] = Math.exp(p[row * CLASSES + k]);
        sum += p[row * CLASSES + k];
      }
      for (int k = 0; k < CLASSES; k++) {
        p[row * CLASSES + k] /= sum;
      }
    }
    return p;
  }

  @Test
  void softmax() {
    INDArray x = logits();
    assertClose(
        "softmax",
        Classification.softmax(Var.constant(x)).value(),
        x.shape(),
        probabilities(x),
        1e-6);
    GradientCheck.check(v -> Classification.softmax(v[0]), x);
  }

  @Test
  void logSoftmax() {
    INDArray x = logits();
    double[] expected = probabilities(x);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.log(expected[i]);
    }
    assertClose(
        "log", Classification.logSoftmax(Var.constant(x)).value(), x.shape(), expected, 1e-6);
    GradientCheck.check(v -> Classification.logSoftmax(v[0]), x);
  }

  @Test
  void staysFiniteForLargeLogits() {
    INDArray x = Samples.array(new long[] {2, 3}, 1e4, 0, -1e4, -1e30, -1e30, -1e30);
    INDArray p = Classification.softmax(Var.constant(x)).value();
    assertClose("softmax", p, x.shape(), new double[] {1, 0, 0, 1 / 3., 1 / 3., 1 / 3.}, 1e-6);
    assertThat(Classification.crossEntropy(Var.constant(x), new int[] {0, 1}).item())
        .isCloseTo(Math.log(3) / 2, within(1e-6));
  }

  @Test
  void crossEntropy() {
    INDArray x = logits();
    double[] p = probabilities(x);
    double expected = 0;
    for (int row = 0; row < ROWS; row++) {
      expected -= Math.log(p[row * CLASSES + LABELS[row]]) / ROWS;
    }
    assertThat(Classification.crossEntropy(Var.constant(x), LABELS).item())
        .isCloseTo(expected, within(1e-6));
    GradientCheck.check(v -> Classification.crossEntropy(v[0], LABELS), x);
  }

  @Test
  void crossEntropyOfAViewInsideItsBuffer() {
    INDArray x = logits();
    INDArray host = Samples.normals(2, ROWS + 2, CLASSES);
    INDArray view = host.get(NDArrayIndex.interval(1, ROWS + 1));
    view.assign(x);
    assertThat(Classification.crossEntropy(Var.constant(view), LABELS).item())
        .isEqualTo(Classification.crossEntropy(Var.constant(x), LABELS).item());
    GradientCheck.check(v -> Classification.crossEntropy(v[0], LABELS), view);
  }

  @Test
  void crossEntropyRemembersItsLabels() {
    Var x = Var.leaf(logits());
    INDArray expected = Gradients.of(Classification.crossEntropy(x, LABELS)).get(x);
    int[] reused = LABELS.clone();
    Var loss = Classification.crossEntropy(x, reused);
    reused[0] = 3;
    assertThat(Gradients.of(loss).get(x)).isEqualTo(expected);
  }

  @Test
  void refusesLabelsThatDoNotFit() {
    Var x = Var.constant(logits());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.crossEntropy(x, new int[] {1, 2}))
        .withMessageContaining("5")
        .withMessageContaining("got 2");
    for (int label : new int[] {-1, CLASSES}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Classification.crossEntropy(x, new int[] {0, 0, label, 0, 0}))
          .withMessageContaining("labels[2] must be in [0, 4), got " + label);
    }
  }

  @Test
  void refusesWhatIsNoMatrix() {
    Var x = Var.constant(Samples.normals(1, 2, 3, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.softmax(x))
        .withMessageContaining("[2, 3, 4]");
    assertThatIllegalArgumentException().isThrownBy(() -> Classification.logSoftmax(x));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Classification.crossEntropy(x, new int[2]));
  }

  @Test
  void aGradientThatChangesNothingIsZero() {
    Var logits = Var.leaf(Samples.array(new long[] {2, 4}, 200, 108, 135.5f, 0, 0, 69, 75, -30));
    INDArray gradient =
        Gradients.of(Classification.crossEntropy(logits, new int[] {0, 1})).get(logits);
    for (double element : Doubles.of(gradient)) {
      assertThat(element == 0 || Math.abs(element) >= 1e-30).as("%s", element).isTrue();
    }
    // e^-92 is 1.1e-40, which floats hold as a denormal number; e^-64.5 is an ordinary one.
    assertThat(gradient.getDouble(0, 1)).isZero();
    assertThat(gradient.getDouble(0, 2)).isCloseTo(0.5 * Math.exp(-64.5), withinPercentage(1e-3));
    assertThat(gradient.getDouble(1, 1)).isNotZero();
  }
}
