package io.bayes4j.layers.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/** Cross entropies of classes and labels: extremes, figures, and what they refuse. */
class ClassLossesTest {
  private static double value(Loss loss, INDArray output, INDArray targets) {
    return loss.of(Var.constant(output), targets).item();
  }

  @Test
  void binaryCrossEntropyIsFiniteForLargeLogitsAndSoIsItsGradient() {
    INDArray logits = Samples.array(new long[] {6, 1}, 1e4, -1e4, 1e4, -1e4, 88, -104);
    INDArray targets = Samples.array(new long[] {6}, 1, 0, 0, 1, 0.5, 0.25);
    Var x = Var.leaf(logits);
    Var loss = Losses.binaryCrossEntropy().of(x, targets);
    assertThat(loss.item()).isCloseTo((2e4 + 44 + 26) / 6.0, within(1e-2));
    assertThat(Doubles.of(Gradients.of(loss).get(x)))
        .usingComparatorWithPrecision(1e-7)
        .containsExactly(0, 0, 1 / 6.0, -1 / 6.0, 0.5 / 6, -0.25 / 6);
  }

  @Test
  void oneLogitIsTwoLogitsOfWhichOneIsZero() {
    INDArray one = Samples.normals(3, 5, 1).mul(3);
    INDArray two = Nd4j.concat(1, one.mul(0), one);
    INDArray labels = Samples.array(new long[] {5}, 0, 1, 1, 0, 1);
    assertThat(value(Losses.binaryCrossEntropy(), one, labels))
        .isCloseTo(value(Losses.crossEntropy(), two, labels), within(1e-6));
  }

  @Test
  void targetsMayLeaveOutAnAxisOfOneLogit() {
    INDArray targets = Samples.array(new long[] {3}, 0, 1, 1);
    INDArray column = targets.reshape(3, 1);
    INDArray logits = Samples.normals(1, 3);
    double expected = value(Losses.binaryCrossEntropy(), logits, targets);
    for (INDArray output : List.of(logits, logits.reshape(3, 1))) {
      for (INDArray wanted : List.of(targets, column)) {
        assertThat(value(Losses.binaryCrossEntropy(), output, wanted)).isEqualTo(expected);
      }
    }
  }

  @Test
  void accuracyLeavesOutWhatIsIgnored() {
    INDArray output = Samples.array(new long[] {1, 2, 3}, 1, 1, 1, 0, 2, 0);
    INDArray labels = Samples.array(new long[] {1, 3}, 0, 0, 9);
    CrossEntropy loss = Losses.crossEntropy().withIgnoredLabel(9);
    assertThat(loss.metrics(output, labels)).containsEntry("accuracy", 0.5);
    INDArray image = Samples.normals(1, 2, 3, 4, 5);
    INDArray best = image.argMax(1).castTo(image.dataType());
    assertThat(Losses.crossEntropy().metrics(image, best)).containsEntry("accuracy", 1.0);
    INDArray none = Samples.array(new long[] {1, 3}, 9, 9, 9);
    assertThat(loss.metrics(output, none)).isEmpty();
    assertThat(value(loss, output, none)).isZero();
    INDArray yes = Samples.array(new long[] {1, 2, 3}, 1, 1, 0, 0, 1, 0);
    assertThat(Losses.binaryCrossEntropy().metrics(output, yes)).containsEntry("accuracy", 5 / 6.0);
  }

  @Test
  void theLossOfAnImageIsThatOfItsPlacesTogether() {
    INDArray logits = Samples.normals(5, 2, 3, 2, 2);
    INDArray labels = Samples.array(new long[] {2, 2, 2}, 0, 1, 2, 0, 1, 1, 2, 0);
    INDArray rows = logits.permute(0, 2, 3, 1).dup('c').reshape(8, 3);
    assertThat(value(Losses.crossEntropy(), logits, labels))
        .isCloseTo(4 * value(Losses.crossEntropy(), rows, labels.reshape(8)), within(1e-5));
  }

  @Test
  void refusesOutputsOfOneClassAndNamesTheBinaryLoss() {
    INDArray labels = Samples.array(new long[] {2}, 0, 1);
    for (long[] shape : new long[][] {{2}, {2, 1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> value(Losses.crossEntropy(), Samples.array(shape, 0.5, 1), labels))
          .withMessageContaining("binaryCrossEntropy");
    }
  }

  @Test
  void refusesTargetsAndWeightsThatDoNotFit() {
    INDArray x = Samples.normals(1, 2, 3, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> value(Losses.crossEntropy(), x, Samples.array(new long[] {2}, 0, 1)))
        .withMessage(
            "targets must be one class number a row and place, [2, 4] for outputs [2, 3, 4] with"
                + " classes on axis 1, got shape [2]");
    INDArray labels = Samples.array(new long[] {2, 4}, 0, 1, 2, 3, 0, 0, 0, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> value(Losses.crossEntropy(), x, labels))
        .withMessage("labels[3] must be in [0, 3), got 3");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                value(Losses.crossEntropy().withClassWeights(1, 2).withIgnoredLabel(3), x, labels))
        .withMessage("classWeights must be 3 numbers, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Losses.crossEntropy().withClassWeights(1, -2))
        .withMessage("classWeights[1] must be finite and >= 0, got -2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Losses.binaryCrossEntropy().withPositiveWeights())
        .withMessage("positiveWeights must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> value(Losses.binaryCrossEntropy(), x, x))
        .withMessageContaining("must be in [0, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> value(Losses.binaryCrossEntropy(), x, labels))
        .withMessage("targets must have the output's shape [2, 3, 4], got [2, 4]");
    INDArray three = Samples.array(new long[] {3}, 1, 1, 1);
    Loss ignoring = Losses.crossEntropy().withIgnoredLabel(3);
    for (Loss loss : List.of(ignoring, (Loss) (o, t) -> ignoring.of(o, t))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> loss.weighted(Var.constant(x), labels, three))
          .withMessage("weights must be [2], one for each example, got shape [3]");
    }
    INDArray two = Samples.array(new long[] {2}, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                AlignmentLosses.accuracyVersusUncertainty(0.5)
                    .weighted(Var.constant(Samples.normals(1, 2, 3)), two, two))
        .withMessageContaining("alignment loss");
  }

  /** A resumed run compares losses by their words, in another process too. */
  @Test
  void theWordsOfALossSayItsOptions() {
    assertThat(Losses.crossEntropy().withClassWeights(1, 2).withIgnoredLabel(9))
        .hasToString("CrossEntropy(class weights [1.0, 2.0], ignored 9)");
    assertThat(Losses.binaryCrossEntropy().withPositiveWeights(3))
        .hasToString("BinaryCrossEntropy(positive weights [3.0])");
    assertThat(Losses.gaussianNll()).hasToString("GaussianNll");
    assertThat(Losses.gaussianNll(0.5)).hasToString("GaussianNll(sigma 0.5)");
    assertThat(Losses.meanSquaredError()).hasToString("MeanSquaredError");
    assertThat(AlignmentLosses.accuracyVersusUncertainty(0.5))
        .hasToString("AccuracyVersusUncertainty(threshold 0.5)");
    assertThat(AlignmentLosses.errorAlignedUncertainty(1, 2))
        .hasToString("ErrorAlignedUncertainty(error 1.0, uncertainty 2.0)");
  }

  @Test
  void saysOnceThatOutputsLookLikeProbabilities() {
    INDArray labels = Samples.array(new long[] {2}, 0, 1);
    INDArray probabilities = Samples.array(new long[] {2, 3}, .2, .3, .5, 0, 1, 0);
    INDArray logits = Samples.array(new long[] {2, 3}, .2, .3, .5, .1, 1, 0);
    Logger logger = (Logger) LoggerFactory.getLogger(CrossEntropy.class);
    ListAppender<ILoggingEvent> heard = new ListAppender<>();
    heard.start();
    logger.addAppender(heard);
    try {
      CrossEntropy loss = Losses.crossEntropy();
      value(loss, logits, labels);
      assertThat(heard.list).isEmpty();
      value(loss, probabilities, labels);
      value(loss, probabilities, labels);
      assertThat(heard.list).hasSize(1);
      assertThat(heard.list.get(0).getFormattedMessage()).contains("without a softmax");
    } finally {
      logger.detachAppender(heard);
    }
  }

  @Test
  void focusAndSmoothingOfNothingChangeNothingAndGoNotTogether() {
    INDArray logits = Samples.array(new long[] {2, 3}, 1, -2, 0.5, 3, 0, 40);
    INDArray labels = Samples.array(new long[] {2}, 2, 2);
    CrossEntropy plain = Losses.crossEntropy();
    double expected = plain.of(Var.constant(logits), labels).item();
    for (Loss same : List.of(plain.withFocus(0), plain.withLabelSmoothing(0))) {
      assertThat(same.of(Var.constant(logits), labels).item()).isEqualTo(expected);
    }
    Var x = Var.leaf(logits);
    Var tiny = plain.withFocus(1e-9).of(x, labels);
    assertThat(tiny.item()).isCloseTo(expected, within(1e-6));
    assertThat(Doubles.of(Gradients.of(tiny).get(x))).doesNotContain(Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plain.withFocus(2).withLabelSmoothing(0.1))
        .withMessage("label smoothing and focus must not be used together, got 0.1 and 2.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plain.withLabelSmoothing(1))
        .withMessage("smoothing must be in [0, 1), got 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plain.withFocus(2).of(x, Samples.array(new long[] {2}, 0, 3)))
        .withMessage("labels[1] must be in [0, 3), got 3");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Losses.binaryCrossEntropy()
                    .withFocus(1)
                    .of(x, Samples.array(new long[] {2, 3}, 0, 1, 0.5, 1, 0, 0)))
        .withMessage("targets[2] must be 0 or 1 with a focus, got 0.5");
  }

  @Test
  void theConstantOfStudentTIsThatOfTheGammaFunction() {
    // log Gamma(x + 1/2) - log Gamma(x), from mpmath 1.3 with 30 digits.
    double[][] known = {
      {0.005, -4.73284307024319},
      {0.5, -0.572364942924700},
      {2, 0.284682870472919},
      {250, 2.76023045926445},
      {500000, 6.56118143870216}
    };
    for (double[] pair : known) {
      assertThat(StudentT.logRatio(pair[0])).isCloseTo(pair[1], within(1e-10));
    }
  }
}
