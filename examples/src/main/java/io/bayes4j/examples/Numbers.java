package io.bayes4j.examples;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** From Java's arrays to ND4J's, and back. */
public final class Numbers {
  private Numbers() {}

  /** A row-major array of some shape. */
  public static INDArray array(float[] numbers, long... shape) {
    return Nd4j.createFromArray(numbers).reshape('c', shape);
  }

  /** One number for each of N examples, [N, 1]. */
  public static INDArray column(float... numbers) {
    return array(numbers, numbers.length, 1);
  }

  /** One number for each of N examples, [N, 1]. */
  public static INDArray column(double... numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return column(floats);
  }

  /** All numbers in row-major order. */
  public static float[] floats(INDArray array) {
    return array.dup('c').data().asFloat();
  }

  /** All numbers in row-major order. */
  public static double[] doubles(INDArray array) {
    float[] floats = floats(array);
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  /** The number that a share of all is at or below. */
  public static double quantile(double share, double... numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
