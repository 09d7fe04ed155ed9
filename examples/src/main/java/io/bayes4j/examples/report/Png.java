package io.bayes4j.examples.report;

import io.bayes4j.core.internal.Require;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * An immutable image in the PNG format.
 *
 * @param base64 the bytes of the file in Base64
 * @param width width in pixels
 * @param height height in pixels
 */
public record Png(String base64, int width, int height) {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** Signature, then the length, type and first two fields of the header chunk. */
  private static final int BYTES_UP_TO_HEIGHT = 24;

  private static final int WIDTH_OFFSET = 16;

  /**
   * Takes the bytes of a PNG file; they are copied.
   *
   * @throws IllegalArgumentException if the bytes do not start as a PNG file does
   */
  public static Png of(byte[] bytes) {
    Require.argument(
        bytes.length >= BYTES_UP_TO_HEIGHT
            && Arrays.equals(SIGNATURE, Arrays.copyOf(bytes, SIGNATURE.length)),
        "bytes must be a PNG file, got %d bytes without its signature",
        bytes.length);
    ByteBuffer size = ByteBuffer.wrap(bytes, WIDTH_OFFSET, 2 * Integer.BYTES);
    return new Png(Base64.getEncoder().encodeToString(bytes), size.getInt(), size.getInt());
  }
}
