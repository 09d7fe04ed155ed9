package io.bayes4j.spark;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.train.Batch;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.PartStep;
import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The examples of a part, in an order that does not depend on how they came there. */
final class PartData implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final float[] inputs;
  private final float[] targets;
  private final int count;
  private final long bad;

  /** Kept from step to step; null while a task uses it, and where there is none yet. */
  private transient @Nullable KeptStep kept;

  private PartData(float[] inputs, float[] targets, int count, long bad) {
    this.inputs = inputs;
    this.targets = targets;
    this.count = count;
    this.bad = bad;
  }

  /**
   * What is read of a row.
   *
   * @param reader of the input, the first column
   * @param classes number of classes that the second column names, 0 if it has the targets of a
   *     regression, a number or a vector
   * @param badRows what becomes of rows that are no example
   */
  record Reading(InputReader reader, int classes, BadRows badRows) implements Serializable {
    @Serial private static final long serialVersionUID = 1;

    PartData all(Iterator<Row> rows) {
      List<float[]> examples = new ArrayList<>();
      int length = reader.length();
      long bad = 0;
      while (rows.hasNext()) {
        try {
          examples.add(example(rows.next()));
        } catch (InputReader.BadRowException e) {
          Require.argument(badRows == BadRows.SKIP, "%s", e.getMessage());
          bad++;
        }
      }
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
      return new PartData(inputs, targets, examples.size(), bad);
    }

    private float[] example(Row row) throws InputReader.BadRowException {
      double[] target = target(row.get(1));
      float[] example = new float[reader.length() + target.length];
      try {
        reader.read(row, example, 0);
      } catch (InputReader.BadRowException e) {
        throw new InputReader.BadRowException("the input %s", e.getMessage());
      }
      for (int k = 0; k < target.length; k++) {
        example[reader.length() + k] = label(target[k]);
      }
      return example;
    }

    private static double[] target(@Nullable Object value) throws InputReader.BadRowException {
      if (value == null) {
        throw new InputReader.BadRowException("label must not be null");
      }
      return value instanceof Vector vector
          ? vector.toArray()
          : new double[] {((Number) value).doubleValue()};
    }

    private float label(double number) throws InputReader.BadRowException {
      float label = (float) number;
      if (!Float.isFinite(label)) {
        throw new InputReader.BadRowException("label must be finite as a float, got %s", number);
      }
      if (classes > 0 && (label != Math.rint(number) || label < 0 || label >= classes)) {
        throw new InputReader.BadRowException(
            "label must be a whole number in [0, %d), the class, got %s", classes, number);
      }
      return label;
    }

    /** The examples, which stay in the part's memory until a batch is asked for. */
    Dataset dataset(PartData part) {
      return new Examples(part, reader.shape(), classes > 0);
    }
  }

  /** A part's examples, of which batches are copied. */
  private static final class Examples implements Dataset {
    private final PartData part;
    private final long[] example;
    private final boolean labels;

    Examples(PartData part, long[] example, boolean labels) {
      this.part = part;
      this.example = example;
      this.labels = labels;
    }

    @Override
    public int size() {
      return part.count;
    }

    @Override
    public Batch batch(int... indices) {
      long[] shape = new long[example.length + 1];
      shape[0] = indices.length;
      System.arraycopy(example, 0, shape, 1, example.length);
      int width = part.targets.length / part.count;
      INDArray inputs = gathered(part.inputs, part.inputs.length / part.count, indices, shape);
      long[] targets = labels ? new long[] {indices.length} : new long[] {indices.length, width};
      return new Batch(inputs, gathered(part.targets, width, indices, targets));
    }

    private static INDArray gathered(float[] rows, int length, int[] indices, long... shape) {
      INDArray out = Arena.allocate(shape);
      FloatMemory to = FloatMemory.of(out, "out");
      float[] row = new float[length];
      for (int i = 0; i < indices.length; i++) {
        System.arraycopy(rows, indices[i] * length, row, 0, length);
        to.write((long) i * length, row, length);
      }
      return out;
    }
  }

  /** A network and what trains it on a part's examples. */
  record KeptStep(Layer network, PartStep step) {}

  /**
   * Works with what stays with the part; two tasks at a time have two, and one that fails leaves
   * none.
   */
  <T> T withStep(Supplier<KeptStep> maker, Function<KeptStep, T> work) {
    KeptStep own = taken();
    if (own == null) {
      own = maker.get();
    }
    T result = work.apply(own);
    synchronized (this) {
      kept = own;
    }
    return result;
  }

  private synchronized @Nullable KeptStep taken() {
    KeptStep own = kept;
    kept = null;
    return own;
  }

  int count() {
    return count;
  }

  /** Rows that were left out. */
  long bad() {
    return bad;
  }
}
