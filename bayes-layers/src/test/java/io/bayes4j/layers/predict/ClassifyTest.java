package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.uncertainty.Uncertainty;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/** What a predictor makes of logits: classes, one answer, several labels, and maps of them. */
class ClassifyTest {
  /** Returns the same outputs for every input. */
  private static Returning returning(INDArray outputs) {
    return new Returning(outputs);
  }

  /** A predictor, with an input that has a row for each row of its outputs. */
  private record Returning(INDArray given) implements Predictor {
    @Override
    public INDArray outputs(INDArray x) {
      return given.dup('c');
    }

    INDArray x() {
      return Samples.normals(1, given.size(1), 1);
    }

    Prediction classify() {
      return classify(x());
    }

    Prediction classifyBinary() {
      return classifyBinary(x());
    }

    LabelPrediction classifyLabels() {
      return classifyLabels(x());
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double entropy(double p) {
    return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  }

  @Test
  void oneLogitIsAnErrorThatNamesTheBinaryCall() {
    for (long[] shape : new long[][] {{3, 2}, {3, 2, 1}, {3, 2, 1, 4, 4}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> returning(Samples.normals(1, shape)).classify())
          .withMessageContaining("classifyBinary");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> returning(Samples.normals(1, 3, 2, 2)).classifyBinary())
        .withMessageContaining("[2, 2]")
        .withMessageContaining("classify,")
        .withMessageContaining("classifyLabels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> returning(Samples.normals(1, 3, 2)).classifyLabels())
        .withMessageContaining("classifyBinary");
  }

  @Test
  void oneLogitIsAPredictionOfTwoClasses() {
    INDArray logits = Samples.array(new long[] {2, 2, 1}, 0.5, -3, 1.5, -2);
    for (INDArray outputs : List.of(logits, logits.reshape(2, 2))) {
      Prediction prediction = returning(outputs).classifyBinary();
      assertThat(prediction.probabilities().shape()).containsExactly(2, 2, 2);
      double first = (sigmoid(0.5) + sigmoid(1.5)) / 2;
      double second = (sigmoid(-3) + sigmoid(-2)) / 2;
      assertThat(Doubles.of(prediction.mean()))
          .usingComparatorWithPrecision(1e-6)
          .containsExactly(1 - first, first, 1 - second, second);
      assertThat(prediction.classes()).containsExactly(1, 0);
      double expected = (entropy(sigmoid(0.5)) + entropy(sigmoid(1.5))) / 2;
      assertThat(prediction.predictiveEntropy().getDouble(0))
          .isCloseTo(entropy(first), within(1e-6));
      assertThat(prediction.expectedEntropy().getDouble(0)).isCloseTo(expected, within(1e-6));
      assertThat(prediction.mutualInformation().getDouble(0))
          .isCloseTo(entropy(first) - expected, within(1e-6));
      assertThat(prediction.decide(RefusalRule.meanAbove(0.8))).containsExactly(-1, 0);
      assertThat(Calibration.scores(prediction.mean(), new int[] {1, 0}).accuracy()).isEqualTo(1);
    }
  }

  @Test
  void neitherSideOfALargeLogitLosesItsDigits() {
    INDArray logits = Samples.array(new long[] {1, 4, 1}, 30, -30, 1e4, -1e4);
    double tiny = Math.exp(-30);
    double[] p = Doubles.of(returning(logits).classifyBinary().probabilities());
    assertThat(p).usingComparatorWithPrecision(1e-7).containsExactly(0, 1, 1, 0, 0, 1, 1, 0);
    assertThat(p[0]).isCloseTo(tiny, within(1e-6 * tiny));
    assertThat(p[3]).isCloseTo(tiny, within(1e-6 * tiny));
  }

  @Test
  void labelsAreIndependent() {
    INDArray logits = Samples.normals(4, 5, 2, 3).mul(2);
    LabelPrediction prediction = returning(logits).classifyLabels();
    assertThat(prediction.labels()).isEqualTo(3);
    for (int k = 0; k < 3; k++) {
      INDArray own = logits.tensorAlongDimension(k, 0, 1).dup('c');
      Prediction alone = returning(own).classifyBinary();
      for (int n = 0; n < 2; n++) {
        assertThat(prediction.mean().getDouble(n, k))
            .isCloseTo(alone.mean().getDouble(n, 1), within(1e-6));
        assertThat(prediction.variance().getDouble(n, k))
            .isCloseTo(alone.variance().getDouble(n, 1), within(1e-6));
        assertThat(prediction.quantile(0.3).getDouble(n, k))
            .isCloseTo(alone.quantile(0.3).getDouble(n, 1), within(1e-6));
        assertThat(prediction.predictiveEntropy().getDouble(n, k))
            .isCloseTo(alone.predictiveEntropy().getDouble(n), within(1e-6));
        assertThat(prediction.expectedEntropy().getDouble(n, k))
            .isCloseTo(alone.expectedEntropy().getDouble(n), within(1e-6));
        assertThat(prediction.mutualInformation().getDouble(n, k))
            .isCloseTo(alone.mutualInformation().getDouble(n), within(1e-6));
        assertThat(prediction.answers().getDouble(n, k)).isEqualTo(alone.classes()[n]);
        RefusalRule rule = RefusalRule.meanAbove(0.7);
        assertThat(prediction.decide(rule).getDouble(n, k)).isEqualTo(alone.decide(rule)[n]);
      }
    }
  }

  @Test
  void labelsAreScoredEachAlone() {
    INDArray logits = Samples.array(new long[] {1, 4, 2}, 2, -1, -2, -3, 1, 4, -1, 0.5);
    INDArray targets = Samples.array(new long[] {4, 2}, 1, 1, 0, 1, 0, 1, 1, 1);
    LabelPrediction prediction = returning(logits).classifyLabels();
    List<ClassificationScores> scores = prediction.scores(targets);
    assertThat(scores.get(0).accuracy()).isEqualTo(0.5);
    assertThat(scores.get(1).accuracy()).isEqualTo(0.5);
    double nll = 0;
    for (double margin : new double[] {2, 2, -1, -1}) {
      nll -= Math.log(sigmoid(margin)) / 4;
    }
    assertThat(scores.get(0).nll()).isCloseTo(nll, within(1e-6));
    assertThat(prediction.auroc(targets)).containsExactly(0.75, Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> prediction.scores(Samples.array(new long[] {4}, 0, 1, 0, 1)))
        .withMessageContaining("[1, 4, 2]");
    assertThatIllegalArgumentException().isThrownBy(() -> prediction.label(2));
  }

  @Test
  void everyPlaceOfAnImageIsClassifiedAsIfItWereAnExample() {
    for (long[] shape : new long[][] {{4, 2, 3, 5}, {4, 2, 3, 2, 3}, {4, 2, 3, 2, 2, 3}}) {
      INDArray logits = Samples.normals(6, shape).mul(2);
      Prediction map = returning(logits).classify();
      assertThat(map.probabilities().shape()).containsExactly(shape);
      long places = Arrays.stream(shape).skip(3).reduce(1, (a, b) -> a * b);
      INDArray rows =
          logits.reshape('c', 4, 2, 3, places).permute(0, 1, 3, 2).dup('c').reshape(4, -1, 3);
      Prediction flat = returning(rows).classify();
      long[] maps = Arrays.copyOfRange(shape, 2, shape.length);
      maps[0] = 2;
      assertSame(map.predictiveEntropy(), flat.predictiveEntropy(), maps);
      assertSame(map.expectedEntropy(), flat.expectedEntropy(), maps);
      assertSame(map.mutualInformation(), flat.mutualInformation(), maps);
      assertSame(map.rows(), flat.probabilities(), 4, 2 * places, 3);
      INDArray mean = flat.mean().reshape(2, places, 3).permute(0, 2, 1).dup('c');
      assertSame(map.mean(), mean, Arrays.copyOfRange(shape, 1, shape.length));
      assertThat(map.variance().shape()).containsExactly(map.mean().shape());
      assertThat(map.quantile(0.5).shape()).containsExactly(map.mean().shape());
      assertThat(map.classes()).containsExactly(flat.classes());
      assertThat(map.classMap().shape()).containsExactly(maps);
      assertThat(map.classMap().dup('c').data().asInt()).containsExactly(flat.classes());
      RefusalRule rule = RefusalRule.medianAbove(0.6);
      assertThat(map.decisionMap(rule).dup('c').data().asInt())
          .containsExactly(flat.decide(rule))
          .contains(RefusalRule.REFUSED);
    }
  }

  private static void assertSame(INDArray actual, INDArray expected, long... shape) {
    assertThat(actual.shape()).containsExactly(shape);
    assertThat(Doubles.of(actual)).containsExactly(Doubles.of(expected));
  }

  @Test
  void binaryMapsAndMapsOfLabels() {
    INDArray logits = Samples.normals(6, 4, 2, 1, 2, 3).mul(2);
    Prediction binary = returning(logits).classifyBinary();
    LabelPrediction labels = returning(logits).classifyLabels();
    assertThat(binary.probabilities().shape()).containsExactly(4, 2, 2, 2, 3);
    assertThat(binary.mutualInformation().shape()).containsExactly(2, 2, 3);
    assertThat(labels.mutualInformation().shape()).containsExactly(2, 1, 2, 3);
    assertThat(Doubles.of(labels.mutualInformation()))
        .usingComparatorWithPrecision(1e-6)
        .containsExactly(Doubles.of(binary.mutualInformation()));
    assertThat(Doubles.of(labels.mean()))
        .usingComparatorWithPrecision(1e-6)
        .containsExactly(Doubles.of(Uncertainty.mean(binary.rows()).getColumn(1).dup()));
    INDArray targets = Nd4j.zeros(2, 1, 2, 3);
    assertThat(labels.scores(targets).get(0).count()).isEqualTo(12);
  }

  @Test
  void saysOnceForEachPredictorThatOutputsLookLikeProbabilities() {
    Logger logger = (Logger) LoggerFactory.getLogger(Predictor.class);
    ListAppender<ILoggingEvent> heard = new ListAppender<>();
    heard.start();
    logger.addAppender(heard);
    try {
      returning(Samples.normals(1, 3, 2, 4)).classify();
      returning(Samples.normals(1, 3, 20, 1)).classifyBinary();
      assertThat(heard.list).isEmpty();
      Returning softmax = returning(Samples.array(new long[] {1, 2, 3}, .1, .2, .7, .3, .3, .4));
      softmax.classify();
      softmax.classify();
      assertThat(heard.list).hasSize(1);
      assertThat(heard.list.get(0).getFormattedMessage()).contains("without a softmax");
      Returning sigmoid = returning(Nd4j.linspace(0, 1, 40).reshape(2, 20).castTo(DataType.FLOAT));
      sigmoid.classifyBinary();
      sigmoid.classifyBinary();
      assertThat(heard.list).hasSize(2);
      assertThat(heard.list.get(1).getFormattedMessage()).contains("without a sigmoid");
    } finally {
      logger.detachAppender(heard);
    }
  }
}
