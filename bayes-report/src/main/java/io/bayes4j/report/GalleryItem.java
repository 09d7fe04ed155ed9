package io.bayes4j.report;

import java.util.List;
import java.util.Optional;

/**
 * One picture and what the model makes of it.
 *
 * @param png the file, in Base64
 * @param width its pixels across
 * @param height its pixels down
 * @param alone what the picture belongs to, such as "clothes"; empty for the examples themselves
 * @param truth the class it shows; empty if nobody told
 * @param answer the class that it is taken for; empty if the model refuses
 * @param classes the probabilities worth showing
 * @param entropy predictive entropy in nats
 * @param mutualInformation disagreement between the drawn networks in nats
 */
record GalleryItem(
    String png,
    int width,
    int height,
    Optional<String> alone,
    Optional<String> truth,
    Optional<ClassProbability> answer,
    List<ClassProbability> classes,
    double entropy,
    double mutualInformation) {
  GalleryItem {
    classes = List.copyOf(classes);
  }

  boolean isWrong() {
    return answer.isPresent() && truth.isPresent() && !truth.get().equals(answer.get().name());
  }

  /**
   * The probability of one class over the drawn networks.
   *
   * @param name of the class
   * @param median the middle of the drawn probabilities
   * @param lower lower end of the interval
   * @param upper upper end of the interval
   */
  record ClassProbability(String name, double median, double lower, double upper) {}
}
