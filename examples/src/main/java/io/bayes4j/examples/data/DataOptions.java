package io.bayes4j.examples.data;

import io.bayes4j.examples.Check;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Where to look for data, and how hard. Start from {@link #defaults()} and change what differs.
 *
 * @param directory a folder given by the user, which is then the only one looked at
 * @param cache the folder in which downloads are kept, in a sub-folder {@code mnist}
 * @param offline whether to leave the network alone
 * @param mirrors addresses below which the four MNIST files lie, each ending in a slash, tried in
 *     this order
 * @param connectTimeout how long a mirror may take to accept a connection
 * @param stallTimeout how long a mirror may send nothing before it is given up
 * @param progress told how a download comes along
 */
public record DataOptions(
    Optional<Path> directory,
    Path cache,
    boolean offline,
    List<URI> mirrors,
    Duration connectTimeout,
    Duration stallTimeout,
    DownloadProgress progress) {
  private static final List<URI> PUBLIC_MIRRORS =
      List.of(
          URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"),
          URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"));

  /**
   * Checks the addresses and the times.
   *
   * @throws IllegalArgumentException if a mirror does not end in a slash or a time is not above
   *     zero
   */
  public DataOptions {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(cache, "cache");
    Objects.requireNonNull(progress, "progress");
    mirrors = List.copyOf(mirrors);
    Check.argument(!mirrors.isEmpty(), "mirrors must name at least one address, got none");
    for (URI mirror : mirrors) {
      Check.argument(mirror.toString().endsWith("/"), "mirrors must end in /, got %s", mirror);
    }
    Check.positive(connectTimeout.toMillis(), "connectTimeout in milliseconds");
    Check.positive(stallTimeout.toMillis(), "stallTimeout in milliseconds");
  }

  /**
   * No folder given, the user's cache folder, the public mirrors, 3 s to connect, 10 s without a
   * byte.
   */
  public static DataOptions defaults() {
    return new DataOptions(
        Optional.empty(),
        CacheFolder.ofThisUser(),
        false,
        PUBLIC_MIRRORS,
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        DownloadProgress.SILENT);
  }

  /** The same, but only this folder is looked at. */
  public DataOptions withDirectory(Path newDirectory) {
    return new DataOptions(
        Optional.of(newDirectory), cache, offline, mirrors, connectTimeout, stallTimeout, progress);
  }

  /** The same with another folder for downloads. */
  public DataOptions withCache(Path newCache) {
    return new DataOptions(
        directory, newCache, offline, mirrors, connectTimeout, stallTimeout, progress);
  }

  /** The same with the network left alone or not. */
  public DataOptions withOffline(boolean newOffline) {
    return new DataOptions(
        directory, cache, newOffline, mirrors, connectTimeout, stallTimeout, progress);
  }

  /** The same with other mirrors. */
  public DataOptions withMirrors(List<URI> newMirrors) {
    return new DataOptions(
        directory, cache, offline, newMirrors, connectTimeout, stallTimeout, progress);
  }

  /** The same with other patience. */
  public DataOptions withTimeouts(Duration newConnectTimeout, Duration newStallTimeout) {
    return new DataOptions(
        directory, cache, offline, mirrors, newConnectTimeout, newStallTimeout, progress);
  }

  /** The same with somebody told about downloads. */
  public DataOptions withProgress(DownloadProgress newProgress) {
    return new DataOptions(
        directory, cache, offline, mirrors, connectTimeout, stallTimeout, newProgress);
  }
}
