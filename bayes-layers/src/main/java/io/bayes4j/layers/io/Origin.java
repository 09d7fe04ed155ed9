package io.bayes4j.layers.io;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/** The place in a tensor file that a message is about: the file, and the tensor once known. */
record Origin(String place) {
  private static final int MOST_CHARACTERS = 200;

  static Origin of(Path file) {
    return new Origin(file.toString());
  }

  Origin tensor(String name) {
    return new Origin(place + ": tensor " + quote(name));
  }

  MalformedTensorFileException malformed(String rule) {
    return new MalformedTensorFileException(place + ": " + rule);
  }

  MalformedTensorFileException malformed(String rule, Throwable cause) {
    return new MalformedTensorFileException(place + ": " + rule, cause);
  }

  /** What to throw where the thread that reads was interrupted; it still is. */
  InterruptedIOException interrupted(ClosedByInterruptException cause) {
    InterruptedIOException named =
        new InterruptedIOException("could not read " + place + ": the thread was interrupted");
    named.initCause(cause);
    return named;
  }

  static String quote(String text) {
    return "'" + clean(text) + "'";
  }

  /** Makes text from a file fit for a message: short, and without line breaks that forge a log. */
  static String clean(String text) {
    String shown =
        text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
