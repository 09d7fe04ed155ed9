package io.bayes4j.examples;

import io.bayes4j.examples.data.DataOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where data come from that can be downloaded: options that commands share. */
public final class SourceOptions {
  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Folder for downloads (default: the user's cache folder).")
  private @Nullable Path cache;

  @Option(names = "--offline", description = "Do not download.")
  private boolean offline;

  /** What was asked for; downloads tell the writer how they come along. */
  public DataOptions with(Optional<Path> directory, PrintWriter out) {
    DataOptions options = DataOptions.defaults().withOffline(offline);
    if (directory.isPresent()) {
      options = options.withDirectory(directory.get());
    }
    if (cache != null) {
      options = options.withCache(cache);
    }
    return options.withProgress(new DownloadLines(out));
  }
}
