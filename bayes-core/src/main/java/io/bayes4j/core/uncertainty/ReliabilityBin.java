package io.bayes4j.core.uncertainty;

/**
 * The examples whose confidence lies in {@code (lower, upper]}.
 *
 * @param lower the confidence that the examples exceed
 * @param upper the greatest confidence that belongs to the bin
 * @param count how many examples it holds
 * @param confidence their mean confidence; NaN if there are none
 * @param accuracy the share of them that is right; NaN if there are none
 */
public record ReliabilityBin(
    double lower, double upper, long count, double confidence, double accuracy) {

  /** The distance of accuracy from confidence; 0 if the bin is empty. */
  public double gap() {
    return count == 0 ? 0 : Math.abs(accuracy - confidence);
  }
}
