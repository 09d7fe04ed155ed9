package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static io.bayes4j.core.uncertainty.Predictions.batchOfFirstClass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bayes4j.core.uncertainty.Predictions.Labelled;
import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class ClassificationEvaluatorTest {
  @Property(tries = 200)
  void batchesAndMergesGiveTheScoresOfTheWholeSet(
      @ForAll("labelled") Labelled set, @ForAll @IntRange(min = 1, max = 9) int batchSize) {
    ClassificationEvaluator streamed = new ClassificationEvaluator();
    ClassificationEvaluator even = new ClassificationEvaluator();
    ClassificationEvaluator odd = new ClassificationEvaluator();
    for (int start = 0; start < set.size(); start += batchSize) {
      int end = Math.min(start + batchSize, set.size());
      addRange(streamed, set, start, end);
      addRange(start / batchSize % 2 == 0 ? even : odd, set, start, end);
    }
    ClassificationScores whole = Calibration.scores(set.probabilities(), set.labels());
    assertThat(streamed.scores()).isEqualTo(whole);
    odd.merge(even);
    assertThat(odd.scores()).isEqualTo(whole);
    assertThat(odd.reliability()).isEqualTo(streamed.reliability());
  }

  @Example
  void theLastBatchIsNotTheWholeSet() {
    ClassificationEvaluator evaluator = new ClassificationEvaluator();
    evaluator.add(batchOfFirstClass(0.9, 0.9, 0.9), new int[] {0, 0, 0});
    evaluator.add(batchOfFirstClass(0.9), new int[] {1});
    assertThat(evaluator.scores().count()).isEqualTo(4);
    assertThat(evaluator.scores().accuracy()).isEqualTo(0.75);
  }

  @Example
  void aRefusedBatchLeavesNothingBehind() {
    ClassificationEvaluator evaluator = new ClassificationEvaluator();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> evaluator.add(batchOfFirstClass(0.9, 0.8), new int[] {0, 5}))
        .withMessageContaining("labels[1] must be in [0, 2), got 5");
    evaluator.add(array(new double[] {0.2, 0.3, 0.5}, 1, 3), new int[] {2});
    ClassificationScores before = evaluator.scores();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> evaluator.add(batchOfFirstClass(0.9), new int[] {0}))
        .withMessageContaining("as many classes as before (3), got 2");
    assertThat(evaluator.scores()).isEqualTo(before);
  }

  @Example
  void refusesToMergeWhatDoesNotFit() {
    ClassificationEvaluator evaluator = new ClassificationEvaluator(10);
    evaluator.add(batchOfFirstClass(0.9), new int[] {0});
    ClassificationEvaluator three = new ClassificationEvaluator(10);
    three.add(array(new double[] {0.2, 0.3, 0.5}, 1, 3), new int[] {2});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> evaluator.merge(new ClassificationEvaluator(15)))
        .withMessageContaining("as many bins as this one (10), got 15");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> evaluator.merge(three))
        .withMessageContaining("as many classes as before (2), got 3");
    assertThat(evaluator.merge(new ClassificationEvaluator(10)).scores().count()).isEqualTo(1);
  }

  @Example
  void nothingHasNoScores() {
    assertThatIllegalStateException()
        .isThrownBy(() -> new ClassificationEvaluator().scores())
        .withMessageContaining("at least one example");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ClassificationEvaluator(0))
        .withMessageContaining("bins must be >= 1, got 0");
  }

  @Provide
  Arbitrary<Labelled> labelled() {
    return Predictions.labelled();
  }

  private static void addRange(
      ClassificationEvaluator evaluator, Labelled set, int start, int end) {
    evaluator.add(
        set.probabilities().get(NDArrayIndex.interval(start, end), NDArrayIndex.all()),
        Arrays.copyOfRange(set.labels(), start, end));
  }
}
