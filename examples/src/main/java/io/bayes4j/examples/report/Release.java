package io.bayes4j.examples.report;

/** Which Bayes4J this is. */
public final class Release {
  private Release() {}

  /** The version, as the build states it: the POM names it, no code does. */
  public static String version() {
    return Resources.version("/io/bayes4j/examples/report/version.properties");
  }
}
