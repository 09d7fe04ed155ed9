package io.bayes4j.core.uncertainty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link Calibration#adaptiveEce} of a set that arrives in batches.
 *
 * <p>Bins of equal numbers of examples are known when all examples are: each is kept, in 8 bytes,
 * whatever the classes. The error is exact and the same, to the last bit, for any order, any cut
 * into batches and any way of merging. Not safe for use by several threads: give each its own and
 * merge them.
 */
public final class AdaptiveCalibrationEvaluator {
  /** Bits of the confidence above one bit that says whether it is right: they sort like it. */
  private long[] hits = new long[0];

  private int count;
  private int classes;

  /** An evaluator without examples. */
  public AdaptiveCalibrationEvaluator() {}

  /**
   * Adds a batch; a batch that is refused leaves the evaluator as it was.
   *
   * @param probabilities float32 [batch, classes], best the mean over draws, rows summing to 1
   *     within 1e-3
   * @param labels the class of each example
   * @return this
   * @throws IllegalArgumentException if the probabilities are not such, if the labels are not one
   *     per example and in [0, classes), or if earlier batches had other classes
   */
  @CanIgnoreReturnValue
  public AdaptiveCalibrationEvaluator add(INDArray probabilities, int[] labels) {
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
  public AdaptiveCalibrationEvaluator addPlaces(
      INDArray probabilities, INDArray labels, int ignored) {
    return add(LabelledProbabilities.ofPlaces(probabilities, labels, ignored));
  }

  private AdaptiveCalibrationEvaluator add(LabelledProbabilities examples) {
    requireClasses(examples.classes());
    reserve(examples.size());
    for (int i = 0; i < examples.size(); i++) {
      long confidence = Float.floatToIntBits(examples.confidence(i));
      hits[count++] = confidence << 1 | (examples.correct(i) ? 1 : 0);
    }
    return this;
  }

  /**
   * Adds all that another evaluator has seen, as if its batches had been added here.
   *
   * @return this
   * @throws IllegalArgumentException if the other has other classes
   */
  @CanIgnoreReturnValue
  public AdaptiveCalibrationEvaluator merge(AdaptiveCalibrationEvaluator other) {
    Require.nonNull(other, "other");
    if (other.classes > 0) {
      requireClasses(other.classes);
      // The other may be this one.
      int more = other.count;
      reserve(more);
      System.arraycopy(other.hits, 0, hits, count, more);
      count += more;
    }
    return this;
  }

  private void requireClasses(int asked) {
    Require.argument(
        classes == 0 || classes == asked,
        "probabilities must have as many classes as before (%d), got %d",
        classes,
        asked);
    classes = asked;
  }

  private void reserve(int more) {
    int needed = Math.addExact(count, more);
    if (needed > hits.length) {
      int doubled = (int) Math.min(2L * hits.length, Integer.MAX_VALUE - 8);
      hits = Arrays.copyOf(hits, Math.max(needed, doubled));
    }
  }

  /** Number of examples so far. */
  public int count() {
    return count;
  }

  /**
   * The expected calibration error in bins of (nearly) equal numbers of examples, as {@link
   * Calibration#adaptiveEce} has it.
   *
   * @throws IllegalArgumentException if {@code bins} is below 1
   * @throws IllegalStateException if there are no examples
   */
  public double ece(int bins) {
    ReliabilityHistogram.requireBins(bins);
    Require.state(count > 0, "a measure needs at least one example, got none");
    Arrays.sort(hits, 0, count);
    double error = 0;
    int start = 0;
    while (start < count) {
      long bin = (long) start * bins / count;
      int end = (int) (((bin + 1) * count + bins - 1) / bins);
      while (end < count && confidence(end) == confidence(end - 1)) {
        end++;
      }
      double difference = 0;
      for (int i = start; i < end; i++) {
        difference += confidence(i) - (hits[i] & 1);
      }
      error += Math.abs(difference);
      start = end;
    }
    return error / count;
  }

  private float confidence(int example) {
    return Float.intBitsToFloat((int) (hits[example] >> 1));
  }
}
