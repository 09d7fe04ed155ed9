package io.bayes4j.core.internal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * Writes whole files so that a reader sees either the old content or the new, never a part.
 *
 * <p>The content goes to a temporary file in the folder of the target, which its owner alone may
 * read, is forced to disk and is then moved over the target. A file that is replaced keeps its mode
 * and group, a new one has the mode that the process gives to new files. A symbolic link to a file
 * stays: the file that it leads to is replaced, in its own folder. Temporary files of processes
 * that were killed are removed by the next write into their folder.
 */
public final class AtomicFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFiles() {}

  /**
   * Writes a file in a folder that exists, replacing a file of the same name.
   *
   * @param body writes the content; it may close the stream
   * @throws FileSystemException if the folder of the target is missing, or the target is a folder,
   *     no regular file, or a symbolic link that leads to no file
   * @throws InterruptedIOException if the thread is interrupted; it then still is
   * @throws IOException if writing fails; an existing target is then as it was before
   */
  public static void write(Path target, IoConsumer<OutputStream> body) throws IOException {
    Path file = requireWritable(target);
    Path folder = folderOf(file);
    TemporaryFile.removeStale(folder);
    FileAccess access = FileAccess.of(file);
    Path temporary = null;
    try (TemporaryFile made = TemporaryFile.in(folder, access)) {
      temporary = made.path();
      OutputStream out = new StayingOpen(Channels.newOutputStream(made.channel()));
      body.accept(out);
      out.flush();
      made.channel().force(true);
      made.grant();
      replace(temporary, file);
      made.kept();
    } catch (Throwable failure) {
      throw naming(target, temporary, failure);
    }
  }

  /**
   * Writes a file as {@link #write} does, after creating the missing folders of its path.
   *
   * @throws IOException if a folder cannot be created, or as {@link #write} does
   */
  public static void writeCreatingFolders(Path target, IoConsumer<OutputStream> body)
      throws IOException {
    Path folder = folderOf(target);
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
    write(target, body);
  }

  /**
   * Checks that a target can be written as far as can be told before: its folder exists, and it is
   * either nothing yet or a regular file, by itself or behind symbolic links.
   *
   * @return the file itself, which a symbolic link leads to
   * @throws FileSystemException naming what stands in the way
   */
  public static Path requireWritable(Path target) throws IOException {
    Path file = behindLinks(target, "cannot be written");
    Path folder = folderOf(file);
    if (!Files.isDirectory(folder)) {
      throw new FileSystemException(
          target.toString(), null, "cannot be written: " + folder + " is not a folder");
    }
    if (Files.isDirectory(file)) {
      throw new FileSystemException(target.toString(), null, "cannot be written: is a folder");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileSystemException(
          target.toString(), null, "cannot be written: is no regular file");
    }
    return file;
  }

  /**
   * Whether there is something of this name.
   *
   * @throws FileSystemException if it is a symbolic link that leads to no file, which {@link
   *     Files#exists} takes for nothing
   */
  public static boolean exists(Path file) throws IOException {
    return Files.exists(behindLinks(file, "cannot be read"));
  }

  private static Path behindLinks(Path target, String consequence) throws IOException {
    if (!Files.isSymbolicLink(target)) {
      return target;
    }
    try {
      return target.toRealPath();
    } catch (IOException e) {
      FileSystemException named =
          new FileSystemException(
              target.toString(),
              null,
              consequence
                  + ": is a symbolic link to "
                  + Files.readSymbolicLink(target)
                  + ", which leads to no file ("
                  + reason(e)
                  + ")");
      named.initCause(e);
      throw named;
    }
  }

  private static Path folderOf(Path target) throws FileSystemException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw new FileSystemException(target.toString(), null, "cannot be written: is a root folder");
    }
    return folder;
  }

  private static void replace(Path temporary, Path target) throws IOException {
    if (Files.isSymbolicLink(target)) {
      throw new FileSystemException(
          target.toString(), null, "cannot be written: has become a symbolic link meanwhile");
    }
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException unsupported) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Returns the failure to throw: it names the target, not the temporary file. */
  private static IOException naming(Path target, @Nullable Path temporary, Throwable failure) {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof ClosedByInterruptException
        || failure instanceof InterruptedIOException) {
      InterruptedIOException interrupted =
          new InterruptedIOException(
              "could not write "
                  + target
                  + ": the thread was interrupted; "
                  + (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
                      ? "the file is as it was before"
                      : "there is no such file, as before"));
      interrupted.initCause(failure);
      return interrupted;
    }
    if (failure instanceof FileSystemException named && !isAbout(temporary, named)) {
      return named;
    }
    return new IOException("could not write " + target + ": " + reason(failure), failure);
  }

  /** Whether a failure is about the temporary file, or about one that could not be made. */
  private static boolean isAbout(@Nullable Path temporary, FileSystemException failure) {
    String file = String.valueOf(failure.getFile());
    return temporary == null
        ? TemporaryFile.isName(Path.of(file).getFileName())
        : file.equals(temporary.toString());
  }

  private static String reason(Throwable failure) {
    String kind = failure.getClass().getSimpleName();
    if (failure instanceof FileSystemException named) {
      return named.getReason() == null ? kind : named.getReason();
    }
    return failure.getMessage() == null ? kind : failure.getMessage();
  }

  /** A buffered stream whose {@code close} only flushes, so that the file can still be forced. */
  private static final class StayingOpen extends BufferedOutputStream {
    StayingOpen(OutputStream out) {
      super(out, BUFFER_BYTES);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
