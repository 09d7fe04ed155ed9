package io.bayes4j.examples;

import io.bayes4j.core.runtime.Threads;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many threads compute: an option that commands share. */
public final class ThreadOptions {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute (default: one for each processor).")
  private @Nullable Integer threads;

  /** Uses so many threads as were asked for. */
  public void apply() {
    if (threads != null) {
      Threads.setCount(threads);
    }
  }
}
