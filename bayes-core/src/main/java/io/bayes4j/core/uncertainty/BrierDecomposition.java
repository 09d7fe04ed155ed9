package io.bayes4j.core.uncertainty;

/**
 * What a Brier score consists of: {@code reliability - resolution + uncertainty + withinBinVariance
 * - withinBinCovariance}, to rounding.
 *
 * <p>Each class by itself is a yes-or-no forecast; its probabilities fall into bins of equal width,
 * and every part is summed over the classes. The first three parts are Murphy's ("A new vector
 * partition of the probability score", 1973), which add up only if all forecasts of a bin are
 * equal; the last two make up for it (Stephenson, Coelho, Jolliffe, "Two extra components in the
 * Brier score decomposition", 2008). TensorFlow Probability's decomposition bins by the predicted
 * class instead.
 *
 * @param reliability the mean squared distance of a bin's mean forecast from the frequency in it: 0
 *     if calibrated
 * @param resolution the mean squared distance of the frequency in a bin from that of the class:
 *     what the forecasts tell apart
 * @param uncertainty the variance of the labels, which no forecast changes
 * @param withinBinVariance the variance of the forecasts within their bins
 * @param withinBinCovariance twice the covariance of forecasts and labels within the bins
 */
public record BrierDecomposition(
    double reliability,
    double resolution,
    double uncertainty,
    double withinBinVariance,
    double withinBinCovariance) {

  /** The Brier score, summed over classes as {@link Calibration#brier}, 0 to 2. */
  public double brier() {
    return reliability - resolution + uncertainty + withinBinVariance - withinBinCovariance;
  }
}
