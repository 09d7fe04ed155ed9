package io.bayes4j.quant;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.Detached;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies of bytes from the heap to arrays outside any workspace. */
final class HeapArrays {
  private HeapArrays() {}

  /** An array of INT8 or UINT8. */
  static INDArray of(DataType type, byte[] numbers, long... shape) {
    INDArray array = Detached.create(type, 'c', shape);
    ByteMemory.of(array, "array").write(0, numbers, numbers.length);
    return array;
  }
}
