package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Two arrays whose rows belong together. */
final class ArrayDataset implements Dataset {
  private final INDArray inputs;
  private final INDArray targets;

  ArrayDataset(INDArray inputs, INDArray targets) {
    this.inputs = checked("inputs", inputs);
    this.targets = checked("targets", targets);
    Require.argument(
        inputs.size(0) == targets.size(0),
        "targets must have the %d rows of inputs, got %d",
        inputs.size(0),
        targets.size(0));
  }

  static INDArray targets(int[] labels, int classes) {
    Require.nonNull(labels, "labels");
    Require.positive((long) classes, "classes");
    float[] numbers = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      Require.argument(
          labels[i] >= 0 && labels[i] < classes,
          "labels[%d] must be in [0, %d), got %d",
          i,
          classes,
          labels[i]);
      numbers[i] = labels[i];
    }
    Require.argument(labels.length > 0, "labels must not be empty");
    return Detached.of(numbers);
  }

  private static INDArray checked(String name, INDArray array) {
    Require.open(array, name);
    Require.argument(
        array.dataType() == DataType.FLOAT && array.rank() >= 1 && !array.isEmpty(),
        "%s must be a non-empty float array, got %s %s",
        name,
        array.dataType(),
        Require.text(array.shape()));
    // What lies in a workspace is overwritten in its next cycle, which the data set outlives.
    INDArray rows = array.isAttached() ? Detached.copy(array) : Layout.ROW_MAJOR.ensure(array);
    Finite.require(name, rows);
    return rows;
  }

  @Override
  public int size() {
    return Math.toIntExact(inputs.size(0));
  }

  @Override
  public String fingerprint() {
    return Fingerprint.of(inputs) + " -> " + Fingerprint.of(targets);
  }

  @Override
  public Batch batch(int... indices) {
    Require.nonNull(indices, "indices");
    Require.argument(indices.length > 0, "indices must not be empty");
    for (int index : indices) {
      Require.argument(
          index >= 0 && index < size(), "indices must be in [0, %d), got %d", size(), index);
    }
    return new Batch(gather(inputs, indices), gather(targets, indices));
  }

  private static INDArray gather(INDArray rows, int... indices) {
    long[] shape = rows.shape().clone();
    int length = Math.toIntExact(rows.length() / shape[0]);
    shape[0] = indices.length;
    INDArray out = Arena.allocate(shape);
    FloatMemory from = FloatMemory.of(rows, "rows");
    FloatMemory to = FloatMemory.of(out, "out");
    float[] row = new float[length];
    for (int i = 0; i < indices.length; i++) {
      from.read((long) indices[i] * length, row, length);
      to.write((long) i * length, row, length);
    }
    return out;
  }
}
