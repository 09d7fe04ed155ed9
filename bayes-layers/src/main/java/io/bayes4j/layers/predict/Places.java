package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Probabilities [samples, N, K, places...], each place of which is an example to the measures of
 * uncertainty, which take [samples, N, K].
 */
final class Places {
  private final INDArray all;
  private final int samples;
  private final int examples;
  private final int classes;
  private final int places;

  private Places(INDArray all) {
    this.all = all;
    this.samples = Math.toIntExact(all.size(0));
    this.examples = Math.toIntExact(all.size(1));
    this.classes = Math.toIntExact(all.size(2));
    this.places = Math.toIntExact(all.length() / ((long) samples * examples * classes));
  }

  /** Something of every place, in the shape [N, places...], or [N, K, places...]. */
  static INDArray measure(INDArray all, UnaryOperator<INDArray> measure) {
    return all.rank() == 3 ? measure.apply(all) : new Places(all).measure(measure);
  }

  /** Every place as an example of its own, [samples, N * places, K]. */
  static INDArray rows(INDArray all) {
    return all.rank() == 3 ? all : new Places(all).rows();
  }

  /** Example after example: the measures make copies, and those of all would not fit. */
  private INDArray measure(UnaryOperator<INDArray> measure) {
    INDArray result = null;
    FloatMemory memory = null;
    for (int n = 0; n < examples; n++) {
      INDArray own = measure.apply(example(n));
      boolean table = own.rank() == 2;
      if (result == null) {
        result = Detached.create(DataType.FLOAT, shape(table));
        memory = FloatMemory.of(result, "result");
      }
      float[] numbers = FloatMemory.numbers(own, "own");
      if (table) {
        numbers = transposed(numbers, (int) own.size(1));
      }
      Objects.requireNonNull(memory).write((long) n * numbers.length, numbers, numbers.length);
    }
    return Objects.requireNonNull(result);
  }

  private static float[] transposed(float[] table, int columns) {
    int rows = table.length / columns;
    float[] result = new float[table.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = table[row * columns + column];
      }
    }
    return result;
  }

  private long[] shape(boolean withClasses) {
    long[] shape = all.shape();
    long[] ofPlaces = Arrays.copyOfRange(shape, 2, shape.length);
    ofPlaces[0] = shape[1];
    return withClasses ? Arrays.copyOfRange(shape, 1, shape.length) : ofPlaces;
  }

  /** The places of an example as rows, [samples, places, K]. */
  private INDArray example(int n) {
    float[] rows = new float[Math.multiplyExact(samples * places, classes)];
    FloatMemory memory = FloatMemory.reading(all, "probabilities");
    float[] block = new float[classes * places];
    for (int s = 0; s < samples; s++) {
      memory.read(((long) s * examples + n) * block.length, block, block.length);
      transpose(block, rows, s * places);
    }
    return Detached.of(rows, samples, places, classes);
  }

  private INDArray rows() {
    float[] rows = new float[Math.toIntExact(all.length())];
    FloatMemory memory = FloatMemory.reading(all, "probabilities");
    float[] block = new float[classes * places];
    for (int at = 0; at < samples * examples; at++) {
      memory.read((long) at * block.length, block, block.length);
      transpose(block, rows, at * places);
    }
    return Detached.of(rows, samples, (long) examples * places, classes);
  }

  /** [K, places] to rows of K, the first of them being number first. */
  private void transpose(float[] block, float[] rows, int first) {
    for (int k = 0; k < classes; k++) {
      for (int p = 0; p < places; p++) {
        rows[(first + p) * classes + k] = block[k * places + p];
      }
    }
  }
}
