package io.bayes4j.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which Bayes4J this is. */
public final class Release {
  private static final String FILE = "/io/bayes4j/examples/version.properties";

  private Release() {}

  /** The version, as the build states it: the POM names it, no code does. */
  public static String version() {
    Properties properties = new Properties();
    try (InputStream in = Release.class.getResourceAsStream(FILE)) {
      Check.state(in != null, "%s must be on the class path", FILE);
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FILE, e);
    }
    return properties.getProperty("version");
  }
}
