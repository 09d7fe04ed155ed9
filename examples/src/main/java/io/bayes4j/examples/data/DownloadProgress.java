package io.bayes4j.examples.data;

/**
 * Told how far a download has come; called often, by another thread than the one that asked for the
 * data.
 */
@FunctionalInterface
public interface DownloadProgress {
  /** Tells nobody. */
  DownloadProgress SILENT = (file, done, total) -> {};

  /**
   * Called while a file arrives.
   *
   * @param file the file's name
   * @param done bytes so far
   * @param total bytes of the whole file
   */
  void at(String file, long done, long total);
}
