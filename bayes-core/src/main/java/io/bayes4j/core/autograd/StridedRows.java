package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.FloatMemory;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One row for each example in native memory, seen as arrays of one number for each example and
 * unit: a row holds the units of the first array, then those of the second.
 *
 * @param memory where the rows are
 * @param stride distance between the rows of two examples
 * @param units number of units
 */
record StridedRows(FloatMemory memory, int stride, int units) {
  /** The rows of a dense array whose first axis counts the examples. */
  static StridedRows of(INDArray array, int units) {
    int stride = Math.toIntExact(array.length() / array.size(0));
    return new StridedRows(FloatMemory.of(array, "array"), stride, units);
  }

  /** Reads the rows of some examples, which begin at an offset. */
  void read(long offset, int firstExample, int lastExample, float[]... parts) {
    for (int n = firstExample; n < lastExample; n++) {
      long at = offset + (long) n * stride;
      for (float[] part : parts) {
        memory.read(at, part, n * units, units);
        at += units;
      }
    }
  }

  /** Writes the rows of some examples, which begin at an offset. */
  void write(long offset, int firstExample, int lastExample, float[]... parts) {
    for (int n = firstExample; n < lastExample; n++) {
      long at = offset + (long) n * stride;
      for (float[] part : parts) {
        memory.write(at, part, n * units, units);
        at += units;
      }
    }
  }
}
