package io.bayes4j.core.variational;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Single numbers of priors as arrays, for files. */
final class PriorNumbers {
  private PriorNumbers() {}

  static INDArray array(double value) {
    return Detached.scalar(DataType.DOUBLE, value);
  }

  static double get(String name, Map<String, INDArray> numbers) {
    INDArray array = Require.open(numbers.get(name), name);
    Require.argument(
        array.isR() && array.rank() == 0 && !array.isEmpty(),
        "%s must be one number of rank 0, got %s of shape %s",
        name,
        array.dataType(),
        Require.text(array.shape()));
    return array.getDouble(0);
  }
}
