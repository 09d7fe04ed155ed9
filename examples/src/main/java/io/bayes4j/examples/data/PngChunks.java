package io.bayes4j.examples.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file (PNG Specification, section 5), checked before a decoder sees them.
 *
 * <p>Java's decoder accepts a file without its end, and where it reads metadata it unpacks
 * compressed text of any size. So only the chunks that make the picture are passed on, each with
 * its checksum verified, and the size that the header claims is limited.
 */
final class PngChunks {
  /** The largest picture that is decoded, in pixels: a photo of 24 megapixels. */
  static final int MAX_PIXELS = 24_000_000;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final Set<String> PICTURE = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");
  private static final int HEADER_LENGTH = 13;
  private static final int CHUNK_OVERHEAD = 12;

  private final Object source;
  private final ByteBuffer in;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  private PngChunks(Object source, byte[] file) {
    this.source = source;
    this.in = ByteBuffer.wrap(file);
  }

  /**
   * The same picture without anything that is not needed to decode it.
   *
   * @param source names the file in messages
   * @throws MalformedDataException if the bytes are no PNG, are cut off or altered, or the picture
   *     is too large
   */
  static byte[] picture(Object source, byte[] file) throws MalformedDataException {
    return new PngChunks(source, file).clean();
  }

  private byte[] clean() throws MalformedDataException {
    byte[] start = new byte[SIGNATURE.length];
    in.get(start, 0, Math.min(start.length, in.remaining()));
    MalformedDataException.require(
        Arrays.equals(start, SIGNATURE), source, "must be a PNG file, but does not start like one");
    kept.writeBytes(SIGNATURE);
    String type = copyChunk(true);
    while (!type.equals("IEND")) {
      type = copyChunk(false);
    }
    return kept.toByteArray();
  }

  private String copyChunk(boolean first) throws MalformedDataException {
    MalformedDataException.require(
        in.remaining() >= CHUNK_OVERHEAD, source, "is cut off before its end (IEND)");
    int start = in.position();
    int length = in.getInt();
    byte[] name = new byte[4];
    in.get(name);
    String type = new String(name, StandardCharsets.ISO_8859_1);
    MalformedDataException.require(
        length >= 0 && length <= in.remaining() - 4,
        source,
        "is cut off or forged: chunk %s claims %d bytes, %d are left",
        type,
        Integer.toUnsignedLong(length),
        in.remaining() - 4);
    CRC32 sum = new CRC32();
    sum.update(in.array(), start + 4, 4 + length);
    int data = in.position();
    in.position(data + length);
    MalformedDataException.require(
        in.getInt() == (int) sum.getValue(),
        source,
        "is damaged: the checksum of chunk %s is wrong",
        type);
    MalformedDataException.require(
        first == type.equals("IHDR"), source, "must have its header (IHDR) first and once");
    if (first) {
      checkHeader(data, length);
    }
    if (PICTURE.contains(type)) {
      kept.write(in.array(), start, length + CHUNK_OVERHEAD);
    }
    return type;
  }

  private void checkHeader(int at, int length) throws MalformedDataException {
    MalformedDataException.require(
        length == HEADER_LENGTH, source, "must have a header (IHDR) of 13 bytes, got %d", length);
    int width = in.getInt(at);
    int height = in.getInt(at + 4);
    MalformedDataException.require(
        width > 0 && height > 0 && (long) width * height <= MAX_PIXELS,
        source,
        "must have between 1 and %d pixels, claims %d x %d",
        MAX_PIXELS,
        Integer.toUnsignedLong(width),
        Integer.toUnsignedLong(height));
  }
}
