package io.bayes4j.layers.io;

import java.nio.file.Path;

/** The place in a tensor file that a message is about: the file, and the tensor once known. */
record Origin(String place) {
  private static final int LONGEST_NAME = 100;

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

  /** Quotes text from a file, which may be long or hold line breaks that would forge log lines. */
  static String quote(String text) {
    String shown = text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME) + "...";
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
