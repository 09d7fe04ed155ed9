package io.bayes4j.examples.programs;

import io.bayes4j.core.corruption.Corruption;
import io.bayes4j.core.random.Noise;
import io.bayes4j.examples.Numbers;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.examples.data.Normalization;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Test images, as they are and corrupted; corrupted ones are kept, a byte for each number, up to
 * some memory.
 */
final class StudyImages {
  private static final float BRIGHTEST = 255f;
  private static final long MOST_KEPT = 1L << 29;

  private final INDArray light;
  private final UnaryOperator<INDArray> asInput;
  private final long seed;
  private final Map<String, byte[]> kept = new HashMap<>();

  private StudyImages(INDArray light, UnaryOperator<INDArray> asInput, long seed) {
    this.light = light;
    this.asInput = asInput;
    this.seed = seed;
  }

  /** Images [N, 3, size, size] with light from 0 to 1. */
  static StudyImages colour(INDArray light, long seed) {
    return new StudyImages(light, ColourImages::standardize, seed);
  }

  /**
   * Grey images [N, size * size] from 0 to 1: as colours three times the same, then their mean.
   *
   * @param scale what a network sees of the mean
   */
  static StudyImages grey(INDArray flat, int size, long seed, Normalization scale) {
    float[] grey = Numbers.floats(flat);
    int area = size * size;
    float[] three = new float[3 * grey.length];
    for (int i = 0; i < three.length; i++) {
      three[i] = grey[i / (3 * area) * area + i % area];
    }
    INDArray light = Numbers.array(three, flat.size(0), 3, size, size);
    return new StudyImages(light, images -> scale.apply(mean(images)), seed);
  }

  private static INDArray mean(INDArray light) {
    float[] three = Numbers.floats(light);
    int area = Math.toIntExact(light.size(2) * light.size(3));
    float[] grey = new float[three.length / 3];
    for (int i = 0; i < three.length; i++) {
      grey[i / (3 * area) * area + i % area] += three[i] / 3;
    }
    return Numbers.array(grey, light.size(0), area);
  }

  /** Uniform numbers [count, width]. */
  static INDArray noise(long seed, int count, int width) {
    return Noise.seeded(seed).split("white noise").uniforms(count, width);
  }

  /** The images as a network sees them. */
  INDArray clean() {
    return asInput.apply(light);
  }

  /** The same corrupted. */
  INDArray corrupted(Corruption kind, int severity) {
    String key = kind + " " + severity;
    byte[] bytes = kept.get(key);
    if (bytes == null) {
      bytes = bytes(kind.apply(light, severity, Noise.seeded(seed).split(key)));
      if ((kept.size() + 1L) * bytes.length <= MOST_KEPT) {
        kept.put(key, bytes);
      }
    }
    float[] numbers = new float[bytes.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (bytes[i] & 0xff) / BRIGHTEST;
    }
    return asInput.apply(Numbers.array(numbers, light.shape()));
  }

  /** Corrupted images are whole 255ths. */
  private static byte[] bytes(INDArray images) {
    float[] numbers = Numbers.floats(images);
    byte[] bytes = new byte[numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(numbers[i] * BRIGHTEST);
    }
    return bytes;
  }
}
