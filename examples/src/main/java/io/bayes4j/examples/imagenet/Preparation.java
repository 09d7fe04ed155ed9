package io.bayes4j.examples.imagenet;

import java.io.IOException;
import java.nio.file.Path;

/** From a file to what torchvision's networks were trained on. */
final class Preparation {
  static final int SIDE = 224;
  static final int NUMBERS = 3 * SIDE * SIDE;
  private static final int SHORTER = 256;
  private static final float WHITE = 255f;
  private static final float[] MEANS = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATIONS = {0.229f, 0.224f, 0.225f};

  private Preparation() {}

  /** The middle of the picture, 224 x 224. */
  static RgbImage crop(Path file) throws IOException {
    return PictureFile.read(file).shorterSide(SHORTER).centre(SIDE);
  }

  /** The same as numbers, standardized, channel by channel. */
  static float[] numbers(Path file) throws IOException {
    byte[] pixels = crop(file).pixels();
    float[] numbers = new float[NUMBERS];
    for (int i = 0; i < NUMBERS; i++) {
      int channel = i / (SIDE * SIDE);
      numbers[i] = ((pixels[i] & 0xff) / WHITE - MEANS[channel]) / DEVIATIONS[channel];
    }
    return numbers;
  }
}
