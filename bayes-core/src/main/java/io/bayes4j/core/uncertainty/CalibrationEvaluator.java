package io.bayes4j.core.uncertainty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far the probabilities of a set that arrives in batches can be trusted.
 *
 * <p>All errors are exact for their bins and the same, to the last bit, for any order of the
 * examples, any cut into batches and any way of merging; {@link #smoothEce} is so to a stated
 * error. Bins are {@code (lower, upper]}, those of Guo et al.: a number on an edge belongs to the
 * bin below it, 0 to the first. torchmetrics closes bins on the left and gives 1.0 a bin of its
 * own, so that the two differ where probabilities lie on edges. Not safe for use by several
 * threads: give each its own and merge them.
 */
public final class CalibrationEvaluator {
  private final int bins;
  private final ReliabilityHistogram confidence;
  private final ReliabilityHistogram uncertainty;
  private final SmoothReliability smooth = new SmoothReliability();
  private @Nullable ClasswiseHistogram classwise;

  /** An evaluator with {@link Calibration#DEFAULT_BINS} bins. */
  public CalibrationEvaluator() {
    this(Calibration.DEFAULT_BINS);
  }

  /**
   * An evaluator with a number of bins of equal width.
   *
   * @throws IllegalArgumentException if {@code bins} is below 1
   */
  public CalibrationEvaluator(int bins) {
    this.bins = bins;
    confidence = new ReliabilityHistogram(bins);
    uncertainty = new ReliabilityHistogram(bins);
  }

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
  public CalibrationEvaluator add(INDArray probabilities, int[] labels) {
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
  public CalibrationEvaluator addPlaces(INDArray probabilities, INDArray labels, int ignored) {
    return add(LabelledProbabilities.ofPlaces(probabilities, labels, ignored));
  }

  private CalibrationEvaluator add(LabelledProbabilities examples) {
    ClasswiseHistogram byClass = ofClasses(examples.classes());
    confidence.add(examples);
    smooth.add(examples);
    byClass.add(examples);
    for (int i = 0; i < examples.size(); i++) {
      uncertainty.add(normalizedEntropy(examples, i), !examples.correct(i));
    }
    return this;
  }

  private static float normalizedEntropy(LabelledProbabilities examples, int example) {
    double entropy = 0;
    for (int k = 0; k < examples.classes(); k++) {
      entropy += Uncertainty.entropyTerm(examples.probability(example, k));
    }
    double greatest = Math.log(examples.classes());
    return greatest == 0 ? 0 : (float) Math.max(0, Math.min(1, entropy / greatest));
  }

  /**
   * Adds all that another evaluator has seen, as if its batches had been added here.
   *
   * @return this
   * @throws IllegalArgumentException if the other has other classes or another number of bins
   */
  @CanIgnoreReturnValue
  public CalibrationEvaluator merge(CalibrationEvaluator other) {
    Require.nonNull(other, "other");
    Require.argument(
        other.bins == bins,
        "the other evaluator must have as many bins as this one (%d), got %d",
        bins,
        other.bins);
    if (other.classwise != null) {
      ClasswiseHistogram byClass = ofClasses(other.classwise.classes());
      confidence.add(other.confidence);
      uncertainty.add(other.uncertainty);
      smooth.add(other.smooth);
      byClass.add(other.classwise);
    }
    return this;
  }

  /** Number of examples so far. */
  public long count() {
    return confidence.total();
  }

  /**
   * The expected calibration error of the predicted class, 0 to 1 (Naeini, Cooper, Hauskrecht,
   * "Obtaining Well Calibrated Probabilities Using Bayesian Binning", 2015; Guo et al. 2017).
   *
   * @throws IllegalStateException if there are no examples
   */
  public double ece() {
    requireExamples();
    return confidence.expectedError();
  }

  /**
   * The greatest distance of accuracy from mean confidence among the bins, 0 to 1.
   *
   * @throws IllegalStateException if there are no examples
   */
  public double maxCalibrationError() {
    requireExamples();
    return confidence.greatestError();
  }

  /** The reliability diagram, bins from low to high confidence, empty ones too. */
  public List<ReliabilityBin> reliability() {
    return confidence.toList();
  }

  /**
   * The classwise calibration error, 0 to 1: each class's own probabilities against how often it is
   * the label, averaged over the classes (Kull et al., "Beyond temperature scaling", 2019; the
   * static calibration error of Nixon et al., "Measuring Calibration in Deep Learning", 2019). What
   * hides a badly calibrated rare class from {@link #ece} does not hide it here.
   *
   * @throws IllegalStateException if there are no examples
   */
  public double classwiseEce() {
    requireExamples();
    return Objects.requireNonNull(classwise).expectedError();
  }

  /**
   * The uncertainty calibration error, 0 to 1: the distance of the error rate from the mean
   * normalized entropy H / log(classes) in bins of it, weighted by their shares (Laves, Ihler,
   * Kortmann, Ortmaier, "Well-calibrated Model Uncertainty with Temperature Scaling for Dropout
   * Variational Inference", 2019). It asks that an entropy of 0.3 of the greatest mean 30 % of
   * errors, which likelihood does not. Laves's code leaves an entropy of exactly 0 out of all bins;
   * here it is in the first.
   *
   * @throws IllegalStateException if there are no examples
   */
  public double uce() {
    requireExamples();
    return uncertainty.expectedError();
  }

  /**
   * The smooth calibration error, 0 to 1, which has no bins to choose: residuals smoothed by a
   * reflected Gaussian kernel whose width equals the error that it shows (Blasiok, Nakkiran,
   * "Smooth ECE: Principled Reliability Diagrams via Kernel Smoothing", 2023).
   *
   * <p>Confidences are interpolated on a grid of 4096, and the width is found to 1e-4: the result
   * is within 1e-3 of the exact one. The authors' relplot gives a confidence of exactly 1 half its
   * weight.
   *
   * @throws IllegalStateException if there are no examples
   */
  public double smoothEce() {
    requireExamples();
    return smooth.error();
  }

  /**
   * The parts of the Brier score.
   *
   * @throws IllegalStateException if there are no examples
   */
  public BrierDecomposition brierDecomposition() {
    requireExamples();
    return Objects.requireNonNull(classwise).brier();
  }

  private void requireExamples() {
    Require.state(count() > 0, "a measure needs at least one example, got none");
  }

  private ClasswiseHistogram ofClasses(int classes) {
    if (classwise == null) {
      classwise = new ClasswiseHistogram(classes, bins);
    }
    Require.argument(
        classwise.classes() == classes,
        "probabilities must have as many classes as before (%d), got %d",
        classwise.classes(),
        classes);
    return classwise;
  }
}
