package io.bayes4j.imports.format;

import io.bayes4j.core.internal.Require;
import java.io.IOException;

/** A model file breaks the rules of its format, or the limits of size and depth of its reader. */
public final class MalformedModelFileException extends IOException {
  private static final long serialVersionUID = 1;

  /** An error of the file itself. */
  public MalformedModelFileException(String message) {
    super(Require.nonNull(message, "message"));
  }

  /** An error of the file itself that something else has found. */
  public MalformedModelFileException(String message, Throwable cause) {
    super(Require.nonNull(message, "message"), Require.nonNull(cause, "cause"));
  }
}
