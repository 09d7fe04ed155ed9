package io.bayes4j.layers.io;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A tensor file that breaks its format; the message names the file, the tensor and the rule. */
public final class MalformedTensorFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The type that there is no array for, if that is all that is wrong; else null. */
  private final @Nullable String unreadableType;

  MalformedTensorFileException(String message) {
    this(message, (String) null);
  }

  /** A tensor of a type that there is no array for. */
  MalformedTensorFileException(String message, @Nullable String unreadableType) {
    super(message);
    this.unreadableType = unreadableType;
  }

  MalformedTensorFileException(String message, Throwable cause) {
    super(message, cause);
    this.unreadableType = null;
  }

  @Nullable String unreadableType() {
    return unreadableType;
  }
}
