package io.bayes4j.core.uncertainty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Classification scores of a set that arrives in batches.
 *
 * <p>The scores do not depend, to the last bit, on the order of the examples, on how they are cut
 * into batches, or on whether several evaluators are merged. Not safe for use by several threads:
 * give each its own and merge them.
 */
public final class ClassificationEvaluator {
  private final ReliabilityHistogram reliability;
  private final OrderFreeSum nll = new OrderFreeSum();
  private final OrderFreeSum brier = new OrderFreeSum();
  private int classes;

  /** An evaluator whose calibration error has {@link Calibration#DEFAULT_BINS} bins. */
  public ClassificationEvaluator() {
    this(Calibration.DEFAULT_BINS);
  }

  /**
   * An evaluator whose calibration error has the given number of bins of equal width.
   *
   * @throws IllegalArgumentException if {@code bins} is below 1
   */
  public ClassificationEvaluator(int bins) {
    reliability = new ReliabilityHistogram(bins);
  }

  /**
   * Adds a batch; a batch that is refused leaves the evaluator as it was.
   *
   * @param probabilities float32 [batch, classes], rows summing to 1 within 1e-3
   * @param labels the class of each example
   * @return this
   * @throws IllegalArgumentException if the probabilities are not such, if the labels are not one
   *     per example and in [0, classes), or if earlier batches had other classes
   */
  @CanIgnoreReturnValue
  public ClassificationEvaluator add(INDArray probabilities, int[] labels) {
    Require.openIfGiven(probabilities, "probabilities");
    return add(LabelledProbabilities.of(probabilities, labels));
  }

  /**
   * Adds every place of a batch as an example of its own, such as the pixels of images.
   *
   * @param probabilities float32 [batch, classes, places...], classes summing to 1 within 1e-3
   * @param labels whole numbers [batch, places...], FLOAT or of an integer type
   * @param ignored a label whose places are left out, such as 255; -1 if there is none
   * @return this
   * @throws IllegalArgumentException if the probabilities or labels are not such, or if earlier
   *     batches had other classes
   */
  @CanIgnoreReturnValue
  public ClassificationEvaluator addPlaces(INDArray probabilities, INDArray labels, int ignored) {
    return add(LabelledProbabilities.ofPlaces(probabilities, labels, ignored));
  }

  private ClassificationEvaluator add(LabelledProbabilities examples) {
    requireClasses(examples.classes());
    reliability.add(examples);
    for (int i = 0; i < examples.size(); i++) {
      nll.add(examples.negativeLogLikelihood(i));
      brier.add(examples.squaredError(i));
    }
    return this;
  }

  /**
   * Adds all that another evaluator has seen, as if its batches had been added here.
   *
   * @return this
   * @throws IllegalArgumentException if the other has other classes or another number of bins
   */
  @CanIgnoreReturnValue
  public ClassificationEvaluator merge(ClassificationEvaluator other) {
    Require.nonNull(other, "other");
    Require.argument(
        other.reliability.bins() == reliability.bins(),
        "the other evaluator must have as many bins as this one (%d), got %d",
        reliability.bins(),
        other.reliability.bins());
    if (other.classes != 0) {
      requireClasses(other.classes);
    }
    reliability.add(other.reliability);
    nll.add(other.nll);
    brier.add(other.brier);
    return this;
  }

  /**
   * The scores of all examples so far.
   *
   * @throws IllegalStateException if there are none
   */
  public ClassificationScores scores() {
    long count = reliability.total();
    Require.state(count > 0, "scores need at least one example, got none");
    return new ClassificationScores(
        count,
        reliability.accuracy(),
        nll.value() / count,
        brier.value() / count,
        reliability.expectedError());
  }

  /** The reliability diagram of all examples so far, bins from low to high confidence. */
  public List<ReliabilityBin> reliability() {
    return reliability.toList();
  }

  private void requireClasses(int newClasses) {
    Require.argument(
        classes == 0 || classes == newClasses,
        "probabilities must have as many classes as before (%d), got %d",
        classes,
        newClasses);
    classes = newClasses;
  }
}
