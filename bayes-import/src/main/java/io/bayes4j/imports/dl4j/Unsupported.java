package io.bayes4j.imports.dl4j;

/** A layer, or an option of one, that there is nothing for here: collected with all others. */
final class Unsupported extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unsupported(String reason) {
    super(reason);
  }
}
