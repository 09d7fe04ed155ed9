package io.bayes4j.report;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Writes pixels as a PNG file without AWT, which slim images of the JDK leave out. */
final class PngFile {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int GREY = 0;
  private static final int COLOUR = 2;

  private PngFile() {}

  /**
   * Encodes 8 bits per channel.
   *
   * @param planes channel by channel, row by row: one channel for grey, three for red, green, blue
   */
  static byte[] of(byte[] planes, int channels, int height, int width) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(SIGNATURE);
      chunk(out, "IHDR", header(channels, height, width));
      chunk(out, "IDAT", compressed(lines(planes, channels, height, width)));
      chunk(out, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to memory", e);
    }
    return bytes.toByteArray();
  }

  private static byte[] header(int channels, int height, int width) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(width);
      out.writeInt(height);
      out.write(new byte[] {8, (byte) (channels == 1 ? GREY : COLOUR), 0, 0, 0});
    }
    return bytes.toByteArray();
  }

  /** Pixel by pixel, each line behind a byte that says it is not filtered. */
  private static byte[] lines(byte[] planes, int channels, int height, int width) {
    byte[] lines = new byte[height * (1 + width * channels)];
    int at = 0;
    for (int row = 0; row < height; row++) {
      at++;
      for (int column = 0; column < width; column++) {
        for (int channel = 0; channel < channels; channel++) {
          lines[at++] = planes[(channel * height + row) * width + column];
        }
      }
    }
    return lines;
  }

  private static byte[] compressed(byte... lines) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Deflater best = new Deflater(Deflater.BEST_COMPRESSION);
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, best)) {
      out.write(lines);
    } finally {
      best.end();
    }
    return bytes.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 check = new CRC32();
    check.update(name);
    check.update(content);
    out.writeInt(content.length);
    out.write(name);
    out.write(content);
    out.writeInt((int) check.getValue());
  }
}
