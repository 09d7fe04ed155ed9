package io.bayes4j.quant;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import java.nio.ByteBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies of numbers from the heap to arrays outside any workspace, and back. */
final class HeapArrays {
  private HeapArrays() {}

  static INDArray of(float[] numbers, long... shape) {
    INDArray array = Detached.create(DataType.FLOAT, 'c', shape);
    FloatMemory.of(array, "numbers").write(0, numbers, numbers.length);
    return array;
  }

  static INDArray of(byte[] numbers, long... shape) {
    INDArray array = Detached.create(DataType.INT8, 'c', shape);
    memory(array).put(numbers);
    return array;
  }

  static float[] floats(INDArray array) {
    float[] numbers = new float[Math.toIntExact(array.length())];
    FloatMemory.of(array, "numbers").read(0, numbers, numbers.length);
    return numbers;
  }

  static byte[] bytes(INDArray array) {
    byte[] numbers = new byte[Math.toIntExact(array.length())];
    memory(array).get(numbers);
    return numbers;
  }

  /** A window on the numbers; the caller keeps the array from being freed. */
  private static ByteBuffer memory(INDArray array) {
    return array.data().asNio().duplicate().rewind();
  }
}
