package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Layout;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrices of floats outside any workspace, and what is done to their elements. */
final class Matrices {
  private static final int CHUNK = 1 << 12;

  private Matrices() {}

  /** A function of an element's value and its place. */
  @FunctionalInterface
  interface Element {
    double apply(double value, long index);
  }

  /** A matrix whose elements are not set. */
  static INDArray create(long... shape) {
    return Detached.create(DataType.FLOAT, shape);
  }

  /** Numbers as floats. */
  static INDArray floats(double[] numbers, long... shape) {
    return map(create(shape), (value, index) -> numbers[(int) index]);
  }

  /** Replaces each element. */
  static INDArray map(INDArray matrix, Element function) {
    FloatMemory memory = FloatMemory.of(matrix, "matrix");
    Parallel.forRange(
        matrix.length(),
        CHUNK,
        (from, to) -> {
          float[] some = new float[(int) (to - from)];
          memory.read(from, some, some.length);
          for (int i = 0; i < some.length; i++) {
            some[i] = (float) function.apply(some[i], from + i);
          }
          memory.write(from, some, some.length);
        });
    return matrix;
  }

  /** A copy, element by element squared. */
  static INDArray squares(INDArray matrix) {
    return map(copy(matrix), (value, index) -> value * value);
  }

  static INDArray copy(INDArray matrix) {
    return Detached.copy(matrix, create(matrix.shape()));
  }

  /** A matrix on the heap, as doubles. */
  static double[] doubles(INDArray matrix) {
    float[] floats = new float[Math.toIntExact(matrix.length())];
    FloatMemory.of(Layout.ROW_MAJOR.ensure(matrix), "matrix").read(0, floats, floats.length);
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  /** Numbers in double precision, for a file. */
  static INDArray exact(double[] numbers) {
    INDArray array = Detached.create(DataType.DOUBLE, numbers.length);
    array.data().setData(numbers);
    return array;
  }

  /**
   * Eigenvectors and eigenvalues for a file.
   *
   * @param name what they are of
   */
  static void put(String name, double[] values, INDArray vectors, Map<String, INDArray> all) {
    all.put(name + ".values", exact(values));
    all.put(name + ".vectors", vectors);
  }
}
