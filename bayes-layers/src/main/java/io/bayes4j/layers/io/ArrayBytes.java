package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Detached;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Copies of arrays, and the memory behind them. */
final class ArrayBytes {
  /** The most bytes of an array that one ByteBuffer can show. */
  static final long MOST = Integer.MAX_VALUE;

  private ArrayBytes() {}

  /** Copies an array of any layout into one of its own, outside any workspace. */
  static INDArray copyInOrderOfC(INDArray array) {
    return Detached.copy(array, Detached.create(array.dataType(), 'c', array.shape()));
  }

  /**
   * Returns a window, in the byte order of the machine, on all elements of an array that is no view
   * and not empty. The window does not keep the array from being freed: the caller must.
   */
  static ByteBuffer of(INDArray array) {
    return array.data().asNio().duplicate().order(ByteOrder.nativeOrder()).rewind();
  }
}
