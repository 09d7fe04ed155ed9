package io.bayes4j.core.testing;

import java.util.Arrays;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays as row-major doubles, whatever their strides: slow, and free of the code under test. */
public final class Doubles {
  private Doubles() {}

  /** The elements, row-major. */
  public static double[] of(INDArray array) {
    float[] floats = array.dup('c').data().asFloat();
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  /** The index along each axis of an element, given its row-major position. */
  static long[] index(long[] shape, long element) {
    long[] index = new long[shape.length];
    long rest = element;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return index;
  }

  /**
   * Checks that an array has a shape and holds, row-major, some numbers.
   *
   * @param tolerance largest difference, relative to the largest of the numbers expected
   * @throws AssertionError naming the worst element, if one differs by more
   */
  public static void assertClose(
      String what, INDArray actual, long[] shape, double[] expected, double tolerance) {
    if (!Arrays.equals(actual.shape(), shape)) {
      throw new AssertionError(
          String.format(
              Locale.US,
              "%s: shape %s, expected %s",
              what,
              Arrays.toString(actual.shape()),
              Arrays.toString(shape)));
    }
    assertClose(what, of(actual), expected, tolerance);
  }

  /**
   * As {@link #assertClose(String, INDArray, long[], double[], double)}, with the numbers in an
   * array.
   */
  public static void assertClose(
      String what, INDArray actual, INDArray expected, double tolerance) {
    assertClose(what, actual, expected.shape(), of(expected), tolerance);
  }

  private static void assertClose(
      String what, double[] actual, double[] expected, double tolerance) {
    if (actual.length != expected.length) {
      throw new AssertionError(
          String.format(
              Locale.US, "%s: %d elements, expected %d", what, actual.length, expected.length));
    }
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.length; i++) {
      // Written so that NaN fails.
      if (!(Math.abs(actual[i] - expected[i]) <= tolerance * largest)) {
        throw new AssertionError(
            String.format(
                Locale.US,
                "%s: element %d is %.9g, expected %.9g (largest %.3g, tolerance %.1g)",
                what,
                i,
                actual[i],
                expected[i],
                largest,
                tolerance));
      }
    }
  }
}
