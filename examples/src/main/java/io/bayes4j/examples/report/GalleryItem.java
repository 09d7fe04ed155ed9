package io.bayes4j.examples.report;

import io.bayes4j.core.internal.Require;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One image and what the reader makes of it.
 *
 * @param image the image
 * @param truth what it shows, such as "7" or "letter Q"; empty if nobody knows
 * @param answer the class with the highest mean probability, or empty if the reader refuses
 * @param classes the probability of each class, in the order of the classes
 * @param entropy predictive entropy in nats
 * @param mutualInformation disagreement between the drawn networks in nats
 */
public record GalleryItem(
    Png image,
    Optional<String> truth,
    OptionalInt answer,
    List<ClassProbability> classes,
    double entropy,
    double mutualInformation) {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there are no classes, or if the answer is not one of them
   */
  public GalleryItem {
    classes = List.copyOf(classes);
    Require.argument(!classes.isEmpty(), "classes must not be empty, got %s", classes);
    Require.argument(
        answer.isEmpty() || (answer.getAsInt() >= 0 && answer.getAsInt() < classes.size()),
        "answer must be a class in [0, %d), got %s",
        classes.size(),
        answer);
  }

  /**
   * The probability of one class over the drawn networks.
   *
   * @param median the middle of the drawn probabilities
   * @param lower lower end of the interval
   * @param upper upper end of the interval
   */
  public record ClassProbability(double median, double lower, double upper) {

    /**
     * Checks the three probabilities.
     *
     * @throws IllegalArgumentException if one is not in [0, 1], or if they do not ascend
     */
    public ClassProbability {
      Require.probability(lower, "lower");
      Require.probability(median, "median");
      Require.probability(upper, "upper");
      Require.argument(
          lower <= median && median <= upper,
          "lower <= median <= upper must hold, got %s, %s, %s",
          lower,
          median,
          upper);
    }
  }
}
