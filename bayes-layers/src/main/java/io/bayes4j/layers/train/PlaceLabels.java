package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Class numbers of places, as the floats that targets are. */
final class PlaceLabels {
  private PlaceLabels() {}

  /**
   * A copy.
   *
   * @param ignored a label that is allowed too; null for none
   */
  static INDArray checked(INDArray labels, int classes, @Nullable Integer ignored) {
    Require.positive((long) classes, "classes");
    Require.argument(labels != null, "labels must not be null");
    Require.argument(
        labels.rank() >= 1 && !labels.isEmpty() && labels.dataType().isNumerical(),
        "labels must be a non-empty array of numbers, got %s %s",
        labels.dataType(),
        Require.text(labels.shape()));
    INDArray floats = Detached.cast(labels, DataType.FLOAT);
    float[] numbers = floats.data().asFloat();
    for (int i = 0; i < numbers.length; i++) {
      boolean out = ignored != null && numbers[i] == ignored;
      Require.argument(
          out || (numbers[i] >= 0 && numbers[i] < classes && numbers[i] == (int) numbers[i]),
          "label %d must be a whole number in [0, %d)%s, got %s",
          i,
          classes,
          ignored == null ? "" : " or " + ignored,
          numbers[i]);
    }
    return floats;
  }
}
