package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.train.Dataset;
import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;

/** The examples of a part, in an order that does not depend on how they came there. */
final class PartData implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final float[] inputs;
  private final float[] targets;
  private final int count;

  private PartData(float[] inputs, float[] targets, int count) {
    this.inputs = inputs;
    this.targets = targets;
    this.count = count;
  }

  /**
   * What is read of a row.
   *
   * @param reader of the input, the first column
   * @param classes number of classes that the second column names, 0 if it has the targets of a
   *     regression, a number or a vector
   */
  record Reading(InputReader reader, int classes) implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    PartData all(Iterator<Row> rows) {
      List<float[]> examples = new ArrayList<>();
      int length = reader.length();
      rows.forEachRemaining(row -> examples.add(example(row)));
      // A part whose executor was lost comes again in another order.
      examples.sort(Arrays::compare);
      int width = examples.isEmpty() ? 0 : examples.get(0).length - length;
      float[] inputs = new float[Math.multiplyExact(examples.size(), length)];
      float[] targets = new float[examples.size() * width];
      for (int i = 0; i < examples.size(); i++) {
        float[] example = examples.get(i);
        Require.argument(
            example.length == length + width,
            "targets must have as many numbers in all rows, got %d and %d",
            width,
            example.length - length);
        System.arraycopy(example, 0, inputs, i * length, length);
        System.arraycopy(example, length, targets, i * width, width);
      }
      return new PartData(inputs, targets, examples.size());
    }

    private float[] example(Row row) {
      double[] target =
          row.get(1) instanceof Vector vector
              ? vector.toArray()
              : new double[] {((Number) Require.nonNull(row.get(1), "label")).doubleValue()};
      float[] example = new float[reader.length() + target.length];
      try {
        reader.read(row, example, 0);
      } catch (InputReader.BadRowException e) {
        throw new IllegalArgumentException("the input " + e.getMessage(), e);
      }
      for (int k = 0; k < target.length; k++) {
        example[reader.length() + k] = (float) target[k];
      }
      return example;
    }

    Dataset dataset(PartData part) {
      long[] example = reader.shape();
      long[] shape = new long[example.length + 1];
      shape[0] = part.count;
      System.arraycopy(example, 0, shape, 1, example.length);
      if (classes == 0) {
        int width = part.targets.length / part.count;
        return Dataset.of(
            Detached.of(part.inputs, shape), Detached.of(part.targets, part.count, width));
      }
      int[] labels = new int[part.count];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = (int) part.targets[i];
        Require.argument(
            labels[i] == part.targets[i],
            "label must be a whole number, the class, got %s",
            part.targets[i]);
      }
      return Dataset.of(Detached.of(part.inputs, shape), labels, classes);
    }
  }

  int count() {
    return count;
  }
}
