package io.bayes4j.examples.data;

import io.bayes4j.core.random.Noise;
import io.bayes4j.examples.Check;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Square colour images of 32 pixels a side in memory, a byte for each channel. */
public final class ColourImages {
  /** Pixels of a side. */
  public static final int SIDE = 32;

  /** Red, green and blue. */
  public static final int CHANNELS = 3;

  /** Bytes of an image. */
  public static final int BYTES = CHANNELS * SIDE * SIDE;

  /** As those of ImageNet, with which the published networks for CIFAR were trained. */
  private static final double[] MEANS = {0.485, 0.456, 0.406};

  private static final double[] DEVIATIONS = {0.229, 0.224, 0.225};
  private static final float BRIGHTEST = 255f;

  private final String name;
  private final byte[] pixels;
  private final int @Nullable [] labels;

  /** Keeps the arrays: the caller gives them away. No labels if they are null. */
  ColourImages(String name, byte[] pixels, int @Nullable [] labels) {
    this.name = name;
    this.pixels = pixels;
    this.labels = labels;
  }

  /** Images whose bytes are uniform and independent. */
  public static ColourImages whiteNoise(int count, long seed) {
    float[] uniforms = new float[count * BYTES];
    Noise.seeded(seed).split("white noise").uniforms(uniforms, 0, uniforms.length, 0);
    byte[] pixels = new byte[uniforms.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (uniforms[i] * 256);
    }
    return new ColourImages("white noise", pixels, null);
  }

  /** The clothes that come with the program. */
  public static ColourImages clothes() throws IOException {
    return framed(Bundled.clothes());
  }

  /** Grey images, in the middle of a dark frame. */
  public static ColourImages framed(ImageSet grey) {
    byte[] pixels = new byte[grey.size() * BYTES];
    int margin = (SIDE - grey.height()) / 2;
    for (int i = 0; i < grey.size(); i++) {
      byte[] from = grey.pixels(i);
      for (int row = 0; row < CHANNELS * grey.height(); row++) {
        int channel = row / grey.height();
        int y = row % grey.height();
        int to = ((i * CHANNELS + channel) * SIDE + y + margin) * SIDE + margin;
        System.arraycopy(from, y * grey.width(), pixels, to, grey.width());
      }
    }
    return new ColourImages(grey.name(), pixels, null);
  }

  /** What the images show, for people. */
  public String name() {
    return name;
  }

  /** How many there are. */
  public int size() {
    return pixels.length / BYTES;
  }

  /** The classes, a copy. */
  public int[] labels() {
    return requireLabels().clone();
  }

  /** The class of an image. */
  public int label(int image) {
    return requireLabels()[image];
  }

  private int[] requireLabels() {
    return Objects.requireNonNull(labels, "labels");
  }

  /** All bytes, image after image, channel by channel: not to be written to. */
  public byte[] pixels() {
    return pixels;
  }

  /** The first images, or all if there are fewer. */
  public ColourImages first(int number) {
    Check.positive(number, "number");
    int count = Math.min(number, size());
    return new ColourImages(
        name,
        Arrays.copyOf(pixels, count * BYTES),
        labels == null ? null : Arrays.copyOf(labels, count));
  }

  /** The images from one number up to another. */
  public ColourImages slice(int from, int to) {
    return new ColourImages(
        name,
        Arrays.copyOfRange(pixels, from * BYTES, to * BYTES),
        labels == null ? null : Arrays.copyOfRange(labels, from, to));
  }

  /** One image as a network sees it, (light - mean) / deviation of each channel, into an array. */
  public void standardized(int image, float[] out) {
    for (int i = 0; i < BYTES; i++) {
      out[i] = standardized((pixels[image * BYTES + i] & 0xff) / BRIGHTEST, i / (SIDE * SIDE));
    }
  }

  private static float standardized(float light, int channel) {
    return (float) ((light - MEANS[channel]) / DEVIATIONS[channel]);
  }

  /** All images as a network sees them, [N, 3, 32, 32]. */
  public INDArray tensor() {
    float[] all = new float[Math.multiplyExact(size(), BYTES)];
    for (int i = 0; i < all.length; i++) {
      all[i] = standardized((pixels[i] & 0xff) / BRIGHTEST, i / (SIDE * SIDE) % CHANNELS);
    }
    return Nd4j.createFromArray(all).reshape(size(), CHANNELS, SIDE, SIDE);
  }

  /** All images as light from 0 to 1, [N, 3, 32, 32]. */
  public INDArray light() {
    float[] all = new float[Math.multiplyExact(size(), BYTES)];
    for (int i = 0; i < all.length; i++) {
      all[i] = (pixels[i] & 0xff) / BRIGHTEST;
    }
    return Nd4j.createFromArray(all).reshape(size(), CHANNELS, SIDE, SIDE);
  }

  /** What {@link #light} gave, changed, as a network sees it: a new array. */
  public static INDArray standardize(INDArray light) {
    float[] all = light.dup('c').data().asFloat();
    for (int i = 0; i < all.length; i++) {
      all[i] = standardized(all[i], i / (SIDE * SIDE) % CHANNELS);
    }
    return Nd4j.createFromArray(all).reshape(light.shape());
  }
}
