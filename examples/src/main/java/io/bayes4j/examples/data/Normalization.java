package io.bayes4j.examples.data;

import io.bayes4j.examples.Check;
import io.bayes4j.examples.Numbers;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a pixel becomes a network's input: {@code (pixel / 255 - mean) / deviation}.
 *
 * @param mean subtracted, on the scale 0 to 1
 * @param deviation divided by, on the scale 0 to 1
 */
public record Normalization(float mean, float deviation) {
  private static final int LEVELS = 256;

  /**
   * Checks both numbers.
   *
   * @throws IllegalArgumentException if the mean is not finite or the deviation not finite and
   *     above 0
   */
  public Normalization {
    Check.argument(Float.isFinite(mean), "mean must be finite, got %s", mean);
    Check.positive(deviation, "deviation");
  }

  /**
   * The normalization that gives the pixels of this set mean 0 and standard deviation 1.
   *
   * @throws IllegalArgumentException if all pixels are equal
   */
  public static Normalization of(ImageSet training) {
    return training.measure();
  }

  /** Inputs of pixels that are given as numbers from 0 to 1, in the shape of the array. */
  public INDArray apply(INDArray light) {
    float[] numbers = Numbers.floats(light);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (numbers[i] - mean) / deviation;
    }
    return Numbers.array(numbers, light.shape());
  }

  /** The input for each of the 256 pixel values. */
  float[] table() {
    float[] table = new float[LEVELS];
    for (int v = 0; v < LEVELS; v++) {
      table[v] = (v / (LEVELS - 1f) - mean) / deviation;
    }
    return table;
  }
}
