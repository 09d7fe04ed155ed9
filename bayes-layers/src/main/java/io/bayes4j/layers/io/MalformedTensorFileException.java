package io.bayes4j.layers.io;

import java.io.IOException;

/** A tensor file that breaks its format; the message names the file, the tensor and the rule. */
public final class MalformedTensorFileException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedTensorFileException(String message) {
    super(message);
  }

  MalformedTensorFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
