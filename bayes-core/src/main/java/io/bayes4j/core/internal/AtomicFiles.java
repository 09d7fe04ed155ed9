package io.bayes4j.core.internal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes whole files so that a reader sees either the old content or the new, never a part.
 *
 * <p>The content goes to a temporary file in the folder of the target, is forced to disk and is
 * then moved over the target. A target that is a symbolic link is replaced, not followed.
 */
public final class AtomicFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private AtomicFiles() {}

  /**
   * Writes a file in a folder that exists, replacing a file of the same name.
   *
   * @param body writes the content; it may close the stream
   * @throws FileSystemException if the folder of the target is missing, or the target is a folder
   * @throws IOException if writing fails; an existing target is then as it was before
   */
  public static void write(Path target, IoConsumer<OutputStream> body) throws IOException {
    Path folder = folderOf(target);
    if (!Files.isDirectory(folder)) {
      throw new FileSystemException(
          target.toString(), null, "cannot be written: " + folder + " is not a folder");
    }
    if (Files.isDirectory(target)) {
      throw new FileSystemException(target.toString(), null, "cannot be written: is a folder");
    }
    // The name is not derived from the target's: that might grow past what the file system allows.
    Path temporary = folder.resolve(".bayes4j-" + UUID.randomUUID() + ".tmp");
    try {
      writeForced(temporary, body);
      replace(temporary, target);
    } catch (Throwable failure) {
      deleteAfter(failure, temporary);
      throw naming(target, failure);
    }
  }

  /**
   * Writes a file as {@link #write} does, after creating the missing folders of its path.
   *
   * @throws IOException if a folder cannot be created, or as {@link #write} does
   */
  public static void writeCreatingFolders(Path target, IoConsumer<OutputStream> body)
      throws IOException {
    Files.createDirectories(folderOf(target));
    write(target, body);
  }

  private static Path folderOf(Path target) throws FileSystemException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw new FileSystemException(target.toString(), null, "cannot be written: is a root folder");
    }
    return folder;
  }

  private static void writeForced(Path file, IoConsumer<OutputStream> body) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      OutputStream out = new StayingOpen(Channels.newOutputStream(channel));
      body.accept(out);
      out.flush();
      channel.force(true);
    }
  }

  private static void replace(Path temporary, Path target) throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException unsupported) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void deleteAfter(Throwable failure, Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException second) {
      failure.addSuppressed(second);
    }
  }

  /**
   * Returns the failure to throw: an I/O failure that names no file is wrapped in one that does.
   */
  private static IOException naming(Path target, Throwable failure) {
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof FileSystemException named) {
      return named;
    }
    return new IOException("could not write " + target + ": " + failure.getMessage(), failure);
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
