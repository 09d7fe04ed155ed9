package io.bayes4j.examples.report;

import io.bayes4j.core.internal.Require;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Everything that the page about a trained digit reader shows.
 *
 * <p>Shares, accuracies and probabilities lie in [0, 1]; entropies and mutual informations are in
 * nats. A measure that could not be taken is NaN and is shown as "n/a". Lists may be empty: their
 * part of the page then says so. Words are plain text; the page escapes them.
 *
 * @param title heading of the page
 * @param data what was read, and on which terms
 * @param model what was trained, and how
 * @param history one entry per epoch, in order
 * @param scores measures on the test digits
 * @param reliability bins of the stated confidence on the test digits, in order
 * @param riskCoverage share of wrong answers against share of answered digits, by entropy
 * @param histograms how the entropy is distributed in each set of images
 * @param foreignSets sets of images that are no digits
 * @param rule when the reader declines to answer
 * @param gallery images worth looking at
 * @param origin what made this report, and when
 */
public record DigitReport(
    String title,
    Data data,
    Model model,
    List<Epoch> history,
    Scores scores,
    List<ReliabilityBin> reliability,
    List<RiskCoveragePoint> riskCoverage,
    EntropyHistograms histograms,
    List<ForeignSet> foreignSets,
    RefusalRule rule,
    Gallery gallery,
    Origin origin) {

  /** Copies the lists. */
  public DigitReport {
    history = List.copyOf(history);
    reliability = List.copyOf(reliability);
    riskCoverage = List.copyOf(riskCoverage);
    foreignSets = List.copyOf(foreignSets);
  }

  /**
   * What the reader learned from and was tested on.
   *
   * @param sentence names the data sets and their sizes
   * @param licence the terms of the data
   */
  public record Data(String sentence, String licence) {}

  /**
   * What was trained, and how.
   *
   * @param architecture name of the network
   * @param layers the layers, from the image to the answer
   * @param parameters number of trained numbers
   * @param estimator how weights are drawn during training, such as "Flipout"
   * @param prior the distribution of the weights before any digit was seen
   * @param seed start of the random stream
   * @param samplesPerPrediction number of networks that are drawn to read one image
   * @param trainingTime wall-clock time of the training
   * @param evaluationTime wall-clock time of reading all the test images
   * @param versions the software, each with its version
   */
  public record Model(
      String architecture,
      List<Layer> layers,
      long parameters,
      String estimator,
      String prior,
      long seed,
      int samplesPerPrediction,
      Duration trainingTime,
      Duration evaluationTime,
      List<Version> versions) {

    /** Copies the lists. */
    public Model {
      layers = List.copyOf(layers);
      versions = List.copyOf(versions);
    }
  }

  /**
   * One layer of the network.
   *
   * @param name its path in the network
   * @param kind what it computes, in a few words
   * @param outputShape shape of its output for one image, such as "32 × 26 × 26"
   * @param parameters number of its trained numbers
   */
  public record Layer(String name, String kind, String outputShape, long parameters) {}

  /**
   * A piece of software and its version.
   *
   * @param name what it is called
   * @param version which one ran
   */
  public record Version(String name, String version) {}

  /**
   * One pass over the training digits.
   *
   * @param number counts from 1
   * @param trainingLoss the two next parts together, per training digit
   * @param trainingNegativeLogLikelihood the misfit part of the loss
   * @param trainingKl the complexity part of the loss, scaled as in the loss
   * @param trainingAccuracy share of training digits read correctly during the pass
   * @param validationAccuracy share of validation digits read correctly after the pass
   * @param validationNegativeLogLikelihood misfit on the validation digits after the pass
   * @param learningRate step size of the optimizer at the end of the pass
   */
  public record Epoch(
      int number,
      double trainingLoss,
      double trainingNegativeLogLikelihood,
      double trainingKl,
      double trainingAccuracy,
      double validationAccuracy,
      double validationNegativeLogLikelihood,
      double learningRate) {}

  /**
   * Measures on the test digits, none refused.
   *
   * @param images number of test digits
   * @param accuracy share read correctly
   * @param negativeLogLikelihood mean of minus the logarithm of the true digit's probability
   * @param brier mean squared distance between the probabilities and the truth, in [0, 2]
   * @param expectedCalibrationError mean gap between confidence and accuracy over the bins
   * @param meanEntropy mean predictive entropy
   * @param meanMutualInformation mean disagreement between the drawn networks
   */
  public record Scores(
      long images,
      double accuracy,
      double negativeLogLikelihood,
      double brier,
      double expectedCalibrationError,
      double meanEntropy,
      double meanMutualInformation) {}

  /**
   * The test digits whose stated confidence lies in one interval.
   *
   * @param lower lower edge of the interval
   * @param upper upper edge of the interval
   * @param count number of digits
   * @param confidence their mean confidence, NaN if there is none
   * @param accuracy share of them read correctly, NaN if there is none
   */
  public record ReliabilityBin(
      double lower, double upper, long count, double confidence, double accuracy) {}

  /**
   * What remains wrong when the most uncertain digits are left unanswered.
   *
   * @param coverage share of test digits that are answered
   * @param risk share of those answers that are wrong
   */
  public record RiskCoveragePoint(double coverage, double risk) {}

  /**
   * Images that are no digits, shown to the reader.
   *
   * @param name fits after "images of", such as "white noise" or "clothes"
   * @param count number of images
   * @param meanEntropy mean predictive entropy
   * @param refusedShare share that the rule refuses
   * @param entropyAuroc chance that such an image has a higher entropy than a test digit
   * @param mutualInformationAuroc the same by mutual information
   */
  public record ForeignSet(
      String name,
      long count,
      double meanEntropy,
      double refusedShare,
      double entropyAuroc,
      double mutualInformationAuroc) {}

  /**
   * When the reader says "I don't know".
   *
   * @param words the rule as a sentence
   * @param threshold the predictive entropy above which an image is refused, to mark it in the
   *     charts; NaN for a rule that is not about the entropy
   * @param choice how the threshold was chosen, as a sentence
   * @param coverage share of test digits that are answered
   * @param accuracyAnswered share of those answers that are right
   * @param accuracyForced share of right answers if every test digit must be answered
   */
  public record RefusalRule(
      String words,
      double threshold,
      String choice,
      double coverage,
      double accuracyAnswered,
      double accuracyForced) {}

  /**
   * Images worth looking at.
   *
   * @param intervalLevel probability that the intervals of the class probabilities hold, such as
   *     0.9
   * @param mostCertain digits that the reader is surest of
   * @param mostUncertain digits that it is least sure of
   * @param wrongButSure digits that it answers, wrongly
   * @param refusedForeign images that are no digits, and that it refuses
   */
  public record Gallery(
      double intervalLevel,
      List<GalleryItem> mostCertain,
      List<GalleryItem> mostUncertain,
      List<GalleryItem> wrongButSure,
      List<GalleryItem> refusedForeign) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if the level is not in [0, 1]
     */
    public Gallery {
      Require.probability(intervalLevel, "intervalLevel");
      mostCertain = List.copyOf(mostCertain);
      mostUncertain = List.copyOf(mostUncertain);
      wrongButSure = List.copyOf(wrongButSure);
      refusedForeign = List.copyOf(refusedForeign);
    }
  }

  /**
   * What made the report.
   *
   * @param bayes4jVersion version of Bayes4J
   * @param commandLine what the user typed
   * @param written when; an input, so that equal reports are equal files
   */
  public record Origin(String bayes4jVersion, String commandLine, Instant written) {}
}
