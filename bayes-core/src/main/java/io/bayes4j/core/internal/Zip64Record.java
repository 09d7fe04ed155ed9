package io.bayes4j.core.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Checks the numbers in the ZIP64 record of a file, by which Java 17's {@link
 * java.util.zip.ZipFile} sets memory aside before it looks at any entry.
 */
public final class Zip64Record {
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int LOCATOR_OFFSET = 8;

  private static final int RECORD_SIGNATURE = 0x06064b50;
  private static final int RECORD_BYTES = 56;
  private static final int RECORD_COUNT = 32;
  private static final int RECORD_LENGTH = 40;

  /** The shortest entry of a central directory. */
  private static final int ENTRY_BYTES = 46;

  /** The end record and the longest comment in it, both of which follow the locator. */
  private static final int MOST_BYTES_AFTER_LOCATOR = 22 + 0xffff;

  private Zip64Record() {}

  /**
   * Checks every place that may be taken for the locator of a ZIP64 record.
   *
   * @return the rule that is broken, if one declares more than the file has room for
   */
  public static Optional<String> brokenRule(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long length = channel.size();
      int tailBytes = (int) Math.min(length, LOCATOR_BYTES + MOST_BYTES_AFTER_LOCATOR);
      ByteBuffer tail = read(channel, length - tailBytes, tailBytes);
      for (int i = 0; i + LOCATOR_BYTES <= tail.limit(); i++) {
        long offset = tail.getLong(i + LOCATOR_OFFSET);
        boolean located = offset >= 0 && offset <= length - RECORD_BYTES;
        if (tail.getInt(i) == LOCATOR_SIGNATURE && located) {
          Optional<String> broken = brokenRule(length, read(channel, offset, RECORD_BYTES));
          if (broken.isPresent()) {
            return broken;
          }
        }
      }
      return Optional.empty();
    }
  }

  private static Optional<String> brokenRule(long fileLength, ByteBuffer record) {
    if (record.limit() < RECORD_BYTES || record.getInt(0) != RECORD_SIGNATURE) {
      return Optional.empty();
    }
    long count = record.getLong(RECORD_COUNT);
    long length = record.getLong(RECORD_LENGTH);
    boolean possible =
        count >= 0 && length >= 0 && length <= fileLength && count <= length / ENTRY_BYTES;
    return possible
        ? Optional.empty()
        : Optional.of(
            "a ZIP file of "
                + fileLength
                + " bytes cannot have the "
                + Long.toUnsignedString(count)
                + " entries in "
                + Long.toUnsignedString(length)
                + " bytes that it declares");
  }

  private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    int count;
    do {
      count = channel.read(bytes, offset + bytes.position());
    } while (count >= 0 && bytes.hasRemaining());
    return bytes.flip();
  }
}
