package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.uncertainty.Acquisition;
import io.bayes4j.layers.predict.Predictor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class ActiveLearningTest {
  private static final int SIZE = 40;

  /** Inputs that are their own numbers. */
  private static INDArray pool() {
    float[] numbers = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      numbers[i] = i;
    }
    return Detached.of(numbers, SIZE, 1);
  }

  /** Two draws that differ the more, and are the less sure, the nearer x is to 25. */
  private static INDArray outputs(INDArray x) {
    int n = (int) x.size(0);
    float[] logits = new float[2 * n * 2];
    for (int i = 0; i < n; i++) {
      float doubt = 1 / (1 + Math.abs(x.getFloat(i, 0) - 25));
      logits[2 * i] = 0.1f + doubt;
      logits[2 * n + 2 * i] = 0.1f + 4 * (1 - doubt) - 3 * doubt;
    }
    return Detached.of(logits, 2, n, 2);
  }

  private static Predictor predictor() {
    return ActiveLearningTest::outputs;
  }

  @Test
  void asksForThoseThatDrawsDisagreeAboutAndNeverTwice() throws IOException {
    List<Integer> sizes = new ArrayList<>();
    ActiveLearning.Round last =
        ActiveLearning.of(pool())
            .first(4)
            .each(3)
            .rounds(2)
            .run(known -> predictor(), round -> sizes.add(round.labelled().length));
    assertThat(sizes).containsExactly(4, 7, 10);
    assertThat(last.number()).isEqualTo(2);
    int[] start = Arrays.copyOf(last.labelled(), 4);
    double[] scores = Acquisition.bald(predictor().classify(pool()).probabilities());
    for (int known : start) {
      scores[known] = -1;
    }
    assertThat(Arrays.copyOfRange(last.labelled(), 4, 10))
        .isEqualTo(Acquisition.greatest(scores, 6));
  }

  @ParameterizedTest
  @EnumSource
  void everyWayAsksForDifferentExamplesAndRepeatsItself(ActiveLearning.Query query)
      throws IOException {
    ActiveLearning learning =
        ActiveLearning.of(pool()).first(2).each(4).rounds(3).query(query).seed(7);
    int[] labelled = learning.run(known -> predictor(), round -> {}).labelled();
    assertThat(labelled).hasSize(14).doesNotHaveDuplicates();
    assertThat(learning.run(known -> predictor(), round -> {}).labelled()).isEqualTo(labelled);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ActiveLearning.of(pool()).first(31).run(known -> predictor(), round -> {}))
        .withMessage("pool must hold the 131 examples of all rounds, got 40");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ActiveLearning.of(Detached.zeros(3)))
        .withMessageContaining("pool must be [N, ...], got shape [3]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ActiveLearning.of(pool()).each(0))
        .withMessageContaining("each");
  }
}
