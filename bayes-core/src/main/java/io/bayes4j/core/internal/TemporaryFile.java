package io.bayes4j.core.internal;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is being written under a name of its own, and deleted when closed unless it was kept.
 *
 * <p>The writer holds a lock on it, which the system takes back when the process ends, however it
 * ends: a temporary file without a lock is nobody's and may be removed.
 */
final class TemporaryFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AtomicFiles.class);
  private static final String GLOB = ".bayes4j-*.tmp";
  private static final Pattern NAME =
      Pattern.compile(
          "\\.bayes4j-(\\d+-\\d+-)?\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}\\.tmp");

  /**
   * The start of this process's names: to open a file that another thread is writing, and close it
   * again, would take away its lock.
   */
  private static final String OWN = ".bayes4j-" + process() + "-";

  private final Path path;
  private final FileChannel channel;
  private final FileAccess access;
  private final Set<PosixFilePermission> mode;
  private boolean kept;

  private TemporaryFile(
      Path path, FileChannel channel, FileAccess access, Set<PosixFilePermission> mode) {
    this.path = path;
    this.channel = channel;
    this.access = access;
    this.mode = mode;
  }

  /** Makes an empty file that only its owner can read. */
  static TemporaryFile in(Path folder, FileAccess access) throws IOException {
    while (true) {
      // The name is not derived from the target's: that might grow past what the system allows.
      Path path = folder.resolve(OWN + UUID.randomUUID() + ".tmp");
      FileChannel channel =
          FileChannel.open(
              path,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              access.atCreation());
      try {
        if (isLocked(channel) && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          return new TemporaryFile(path, channel, access, access.close(path));
        }
        // Another process took it for a stale one before it was locked.
        channel.close();
      } catch (IOException | RuntimeException e) {
        closeAfter(e, channel, path);
        throw e;
      }
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      // Where there are no locks, nobody takes a file for stale.
      LOG.debug("no file locks: {}", e.toString());
      return true;
    }
  }

  private static void closeAfter(Exception failure, FileChannel channel, Path path) {
    try {
      channel.close();
      Files.deleteIfExists(path);
    } catch (IOException second) {
      failure.addSuppressed(second);
    }
  }

  /** Removes files that killed processes left in a folder. */
  static void removeStale(Path folder) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, GLOB)) {
      for (Path file : found) {
        String name = String.valueOf(file.getFileName());
        if (isName(file.getFileName()) && !name.startsWith(OWN)) {
          removeUnlessLocked(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("stale temporary files in {} stay", folder, e);
    }
  }

  private static void removeUnlessLocked(Path file) {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      if (channel.tryLock() != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | OverlappingFileLockException | UnsupportedOperationException e) {
      LOG.debug("temporary file {} stays", file, e);
    }
  }

  static boolean isName(Path name) {
    return name != null && NAME.matcher(name.toString()).matches();
  }

  /** A number that no other process has, not even a later one of the same number. */
  private static String process() {
    ProcessHandle self = ProcessHandle.current();
    long start = self.info().startInstant().map(instant -> instant.toEpochMilli()).orElse(0L);
    return self.pid() + "-" + start;
  }

  Path path() {
    return path;
  }

  FileChannel channel() {
    return channel;
  }

  /** Opens the file to those who may use the target. */
  void grant() throws IOException {
    access.grant(path, mode);
  }

  /** Says that the file has its last name now. */
  void kept() {
    kept = true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!kept) {
      Files.deleteIfExists(path);
    }
  }
}
