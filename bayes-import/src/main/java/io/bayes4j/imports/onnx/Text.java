package io.bayes4j.imports.onnx;

/** Text from a file made fit for messages. */
final class Text {
  private static final int MOST_CHARACTERS = 120;

  private Text() {}

  /** Short, without line breaks that forge a log. */
  static String clean(String text) {
    String shown =
        text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  /** Without slashes at the begin and the end. */
  static String withoutSlashes(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && text.charAt(from) == '/') {
      from++;
    }
    while (to > from && text.charAt(to - 1) == '/') {
      to--;
    }
    return text.substring(from, to);
  }

  static String quote(String text) {
    return "'" + clean(text) + "'";
  }
}
