package io.bayes4j.report;

import io.bayes4j.core.internal.Require;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Writes HTML elements whose text and attribute values are always escaped.
 *
 * <p>Attributes are given as name and value in turn.
 */
final class Html {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> openTags = new ArrayDeque<>();

  /** Returns the text with the five characters replaced that mean something in HTML. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Returns a name for an address or an attribute: small letters, digits and hyphens alone. */
  static String identifier(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  /** Starts an element; {@link #close} ends it. */
  Html open(String tag, String... attributes) {
    start(tag, attributes);
    out.append('>');
    openTags.push(tag);
    return this;
  }

  /** Adds text inside the element that was opened last. */
  Html text(String text) {
    out.append(escape(text));
    return this;
  }

  /** Adds what this class wrote before, and escaped then. */
  Html raw(String html) {
    out.append(html);
    return this;
  }

  /** Ends the element that was opened last. */
  Html close() {
    Require.state(!openTags.isEmpty(), "close() without an open element after %s", out);
    out.append("</").append(openTags.pop()).append('>');
    return this;
  }

  /** Adds an element that holds only text. */
  Html element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close();
  }

  /** Adds an element that holds nothing, such as an image or a shape of an SVG. */
  Html empty(String tag, String... attributes) {
    start(tag, attributes);
    out.append("/>");
    return this;
  }

  private void start(String tag, String... attributes) {
    Require.argument(
        attributes.length % 2 == 0,
        "attributes must be names and values in turn, got %d strings",
        attributes.length);
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"").append(escape(attributes[i + 1]));
      out.append('"');
    }
  }

  /**
   * Returns what was written.
   *
   * @throws IllegalStateException if an element is still open
   */
  @Override
  public String toString() {
    Require.state(openTags.isEmpty(), "elements %s must be closed", openTags);
    return out.toString();
  }
}
