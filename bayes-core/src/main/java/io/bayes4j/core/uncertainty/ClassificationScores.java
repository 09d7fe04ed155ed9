package io.bayes4j.core.uncertainty;

/**
 * How good and how honest the class probabilities of a set of examples are.
 *
 * @param count the number of examples
 * @param accuracy the share whose most probable class is the label
 * @param nll the mean negative log-likelihood of the labels, in nats
 * @param brier the mean over examples of the squared error summed over classes, 0 to 2
 * @param ece the expected calibration error, 0 to 1
 */
public record ClassificationScores(
    long count, double accuracy, double nll, double brier, double ece) {}
