package io.bayes4j.report;

import io.bayes4j.core.internal.Require;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a page allows itself, as Content Security Policy says it: the styles and scripts that it
 * holds, named by their hashes, and images that it holds; nothing that somebody else put there.
 */
final class ContentPolicy {
  private ContentPolicy() {}

  /**
   * Returns the directives for the content of style and script elements.
   *
   * @throws IllegalStateException if one holds a carriage return, which a browser would replace
   *     before it takes the hash
   */
  static String allowing(List<String> styles, List<String> scripts) {
    return "style-src " + hashes(styles) + "; script-src " + hashes(scripts) + "; img-src data:";
  }

  private static String hashes(List<String> contents) {
    return contents.stream().map(ContentPolicy::hash).collect(Collectors.joining(" "));
  }

  private static String hash(String content) {
    Require.state(content.indexOf('\r') < 0, "embedded text must have no carriage return");
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
