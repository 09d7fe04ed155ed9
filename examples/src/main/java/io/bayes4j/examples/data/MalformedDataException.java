package io.bayes4j.examples.data;

import java.io.IOException;

/** A data file breaks a rule of its format; the message names the file and the rule. */
public final class MalformedDataException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedDataException(Object file, String rule) {
    super(file + ": " + rule);
  }

  MalformedDataException(Object file, String rule, Throwable cause) {
    super(file + ": " + rule, cause);
  }
}
