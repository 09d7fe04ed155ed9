package io.bayes4j.examples.data;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * The folder in which downloads are kept: {@code bayes4j} below what the system sets aside for
 * caches.
 *
 * <p>That is {@code %LOCALAPPDATA%} on Windows and elsewhere {@code $XDG_CACHE_HOME}, which the XDG
 * Base Directory Specification says to ignore unless absolute, or else {@code ~/.cache}.
 */
final class CacheFolder {
  private static final String OURS = "bayes4j";

  private CacheFolder() {}

  static Path ofThisUser() {
    return locate(
        System.getenv(),
        System.getProperty("os.name", ""),
        Path.of(System.getProperty("user.home", ".")));
  }

  static Path locate(Map<String, String> environment, String system, Path home) {
    String variable =
        system.toLowerCase(Locale.ROOT).startsWith("windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME";
    String value = environment.getOrDefault(variable, "");
    if (!value.isEmpty() && Path.of(value).isAbsolute()) {
      return Path.of(value, OURS);
    }
    return home.resolve(".cache").resolve(OURS);
  }
}
