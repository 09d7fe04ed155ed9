package io.bayes4j.examples.data;

import java.io.IOException;

/** Stub. */
public final class DigitData {
  private DigitData() {}

  /** Stub. */
  public static LoadedData find(DataOptions options) throws IOException {
    if (options.mirrors().isEmpty()) {
      return null;
    }
    throw new UnsupportedOperationException("not written yet");
  }
}
