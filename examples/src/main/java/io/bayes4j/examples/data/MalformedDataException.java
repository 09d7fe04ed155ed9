package io.bayes4j.examples.data;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.IOException;
import java.util.Locale;

/** A data file breaks a rule of its format; the message names the file and the rule. */
public final class MalformedDataException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedDataException(Object file, String rule) {
    super(file + ": " + rule);
  }

  MalformedDataException(Object file, String rule, Throwable cause) {
    super(file + ": " + rule, cause);
  }

  /** What is wrong with a file, and what told so. */
  public static MalformedDataException of(Object file, String rule, Throwable cause) {
    return new MalformedDataException(file, rule, cause);
  }

  /** Checks a rule of a file's format. */
  @FormatMethod
  public static void require(boolean kept, Object file, @FormatString String rule, Object... args)
      throws MalformedDataException {
    if (!kept) {
      throw new MalformedDataException(file, String.format(Locale.US, rule, args));
    }
  }
}
