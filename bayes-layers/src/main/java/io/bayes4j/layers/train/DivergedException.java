package io.bayes4j.layers.train;

/**
 * Says that training met a number that is not finite, and where; the parameters are those before
 * the step.
 */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  DivergedException(String message) {
    super(message);
  }
}
