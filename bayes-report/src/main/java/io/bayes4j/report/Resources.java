package io.bayes4j.report;

import io.bayes4j.core.internal.Require;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** Text files on the class path: the parts of the page, and the chart library. */
final class Resources {
  private static final String PACKAGE = "/io/bayes4j/report/";
  private static final String CHART_PROPERTIES =
      "/META-INF/maven/org.webjars.npm/chart.js/pom.properties";

  private Resources() {}

  /** Returns a file of this package. */
  static String ofReport(String name) {
    return text(PACKAGE + name);
  }

  /** Returns the version of Chart.js, as its jar states it: the POM names it, no code does. */
  static String chartVersion() {
    return version(CHART_PROPERTIES);
  }

  /** Returns the version that a file of properties states. */
  static String version(String path) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text(path)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
    return properties.getProperty("version");
  }

  /** Returns the source of Chart.js, without the pointer to a source map that is not there. */
  static String chartLibrary() {
    return text("/META-INF/resources/webjars/chart.js/" + chartVersion() + "/dist/chart.umd.min.js")
        .replaceFirst("\\R//# sourceMappingURL=.*\\s*$", "\n");
  }

  private static String text(String path) {
    try (InputStream in = Resources.class.getResourceAsStream(path)) {
      Require.state(in != null, "%s must be on the class path", path);
      // A checkout on Windows may have carriage returns, which hashes of the page must not see.
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }
}
