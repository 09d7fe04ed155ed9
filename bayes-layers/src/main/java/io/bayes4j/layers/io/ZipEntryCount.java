package io.bayes4j.layers.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Checks the number of entries that a ZIP64 file declares, by which Java 17's {@link
 * java.util.zip.ZipFile} sets memory aside before it looks at any entry.
 */
final class ZipEntryCount {
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int LOCATOR_OFFSET = 8;

  private static final int RECORD_SIGNATURE = 0x06064b50;
  private static final int RECORD_BYTES = 56;
  private static final int RECORD_COUNT = 32;

  /** The shortest entry of a central directory. */
  private static final int ENTRY_BYTES = 46;

  /** The end record and the longest comment in it, both of which follow the locator. */
  private static final int MOST_BYTES_AFTER_LOCATOR = 22 + 0xffff;

  private ZipEntryCount() {}

  /**
   * Checks every place that may be taken for the locator of a ZIP64 record.
   *
   * @throws MalformedTensorFileException if one declares more entries than the file has room for
   */
  static void requirePossible(Origin origin, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long length = channel.size();
      int tailBytes = (int) Math.min(length, LOCATOR_BYTES + MOST_BYTES_AFTER_LOCATOR);
      ByteBuffer tail = read(channel, length - tailBytes, tailBytes);
      for (int i = 0; i + LOCATOR_BYTES <= tail.limit(); i++) {
        if (tail.getInt(i) == LOCATOR_SIGNATURE) {
          long count = count(channel, tail.getLong(i + LOCATOR_OFFSET));
          if (count < 0 || count > length / ENTRY_BYTES) {
            throw origin.malformed(
                "a ZIP file of "
                    + length
                    + " bytes cannot have the "
                    + Long.toUnsignedString(count)
                    + " entries it declares");
          }
        }
      }
    }
  }

  /** Returns the count in the record at an offset, or 0 if there is no record. */
  private static long count(FileChannel channel, long offset) throws IOException {
    if (offset < 0 || offset > channel.size() - RECORD_BYTES) {
      return 0;
    }
    ByteBuffer record = read(channel, offset, RECORD_BYTES);
    return record.limit() == RECORD_BYTES && record.getInt(0) == RECORD_SIGNATURE
        ? record.getLong(RECORD_COUNT)
        : 0;
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
