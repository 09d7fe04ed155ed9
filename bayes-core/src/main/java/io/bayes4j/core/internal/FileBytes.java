package io.bayes4j.core.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Contents of files as memory: small ones copied, others read by the system when they are used. */
public final class FileBytes {
  /** A mapping costs as much as copying this, and holds the file until it is collected. */
  private static final int COPIED = 1 << 18;

  private FileBytes() {}

  /**
   * A part of a file, which is not to be written to.
   *
   * @throws IOException also if the file ends before
   */
  public static ByteBuffer part(Path file, long begin, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, begin, length);
    }
  }

  /**
   * All bytes of a file, which is not to be written to.
   *
   * @throws FileSystemException if there are more than an int counts
   */
  public static ByteBuffer of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE) {
        throw new FileSystemException(
            file.toString(),
            null,
            "a file of at most 2 GiB can be read, this one has " + size + " bytes");
      }
      if (size > COPIED) {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) size);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Reads may stop early; a file that became shorter ends before.
      }
      return bytes.flip().slice();
    }
  }
}
