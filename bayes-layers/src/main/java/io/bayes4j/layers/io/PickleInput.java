package io.bayes4j.layers.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of pickles, counted, of which no more are taken than there are. */
final class PickleInput {
  private static final int MOST_LINE = 4096;

  private final Origin origin;
  private final InputStream in;
  private final long length;
  private long position;

  /**
   * Reads from the beginning.
   *
   * @param length bytes that there are
   */
  PickleInput(Origin origin, InputStream in, long length) {
    this.origin = origin;
    this.in = in;
    this.length = length;
  }

  /** Bytes taken so far. */
  long position() {
    return position;
  }

  int u1() throws IOException {
    int next = position < length ? in.read() : -1;
    if (next < 0) {
      throw origin.malformed("the pickle ends before its STOP");
    }
    position++;
    return next;
  }

  int u2() throws IOException {
    return u1() | u1() << 8;
  }

  int i4() throws IOException {
    return u2() | u2() << 16;
  }

  long u4() throws IOException {
    return i4() & 0xffff_ffffL;
  }

  long i8() throws IOException {
    return u4() | (long) i4() << 32;
  }

  /** A number as Java writes it, the first byte the highest. */
  double bigEndianDouble() throws IOException {
    return ByteBuffer.wrap(bytes(Double.BYTES)).order(ByteOrder.BIG_ENDIAN).getDouble();
  }

  /**
   * So many bytes.
   *
   * @param count as the file declares it, of which nothing is believed
   */
  byte[] bytes(long count) throws IOException {
    if (count < 0 || count > length - position || count > Integer.MAX_VALUE) {
      throw origin.malformed(
          "a text or number of "
              + Long.toUnsignedString(count)
              + " bytes must fit into the "
              + (length - position)
              + " that remain");
    }
    byte[] bytes = in.readNBytes((int) count);
    position += bytes.length;
    if (bytes.length < count) {
      throw origin.malformed("the pickle ends before its STOP");
    }
    return bytes;
  }

  /** Text of so many bytes. */
  String utf8(long count) throws IOException {
    byte[] bytes = bytes(count);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      // Python writes lone surrogates, and Python 2 any bytes: neither is a name that we need.
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  /** Text up to the end of the line. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = u1(); next != '\n'; next = u1()) {
      if (line.length() >= MOST_LINE) {
        throw origin.malformed("a line in a pickle must have at most 4096 characters");
      }
      line.append((char) next);
    }
    return line.toString();
  }
}
