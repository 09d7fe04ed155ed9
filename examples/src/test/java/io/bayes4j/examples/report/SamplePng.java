package io.bayes4j.examples.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Images of 28 by 28 pixels for tests: digits of seven segments, and noise. */
final class SamplePng {
  private static final int SIZE = 28;

  /** Segments a to g of each digit, a in the highest bit. */
  private static final int[] SEGMENTS = {
    0b1111110, 0b0110000, 0b1101101, 0b1111001, 0b0110011,
    0b1011011, 0b1011111, 0b1110000, 0b1111111, 0b1111011
  };

  /** Left, top, width and height of the segments a to g. */
  private static final int[][] BOXES = {
    {9, 4, 10, 2},
    {18, 5, 2, 9},
    {18, 14, 2, 9},
    {9, 22, 10, 2},
    {8, 14, 2, 9},
    {8, 5, 2, 9},
    {9, 13, 10, 2}
  };

  private SamplePng() {}

  static byte[] digit(int digit) {
    BufferedImage image = blank();
    for (int segment = 0; segment < BOXES.length; segment++) {
      if ((SEGMENTS[digit] >> (BOXES.length - 1 - segment) & 1) == 1) {
        fill(image, BOXES[segment]);
      }
    }
    return encode(image);
  }

  static byte[] noise(int seed) {
    BufferedImage image = blank();
    for (int i = 0; i < SIZE * SIZE; i++) {
      image.getRaster().setSample(i % SIZE, i / SIZE, 0, scramble(seed * 1009 + i) & 0xff);
    }
    return encode(image);
  }

  private static BufferedImage blank() {
    return new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
  }

  /** Fills a box, softly at its left edge, slanted as handwriting is. */
  private static void fill(BufferedImage image, int[] box) {
    for (int y = box[1]; y < box[1] + box[3]; y++) {
      int shift = (14 - y) / 5;
      for (int x = box[0]; x < box[0] + box[2]; x++) {
        image.getRaster().setSample(x + shift, y, 0, x == box[0] ? 150 : 250);
      }
    }
  }

  private static int scramble(int value) {
    int mixed = (value ^ (value >>> 16)) * 0x45d9f3b;
    mixed = (mixed ^ (mixed >>> 16)) * 0x45d9f3b;
    return mixed ^ (mixed >>> 16);
  }

  private static byte[] encode(BufferedImage image) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot encode a PNG in memory", e);
    }
  }
}
