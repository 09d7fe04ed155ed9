package io.bayes4j.layers.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The memory behind arrays. */
final class ArrayBytes {
  /** The most bytes of an array that one ByteBuffer can show. */
  static final long MOST = Integer.MAX_VALUE;

  private ArrayBytes() {}

  /**
   * Returns a window, in the byte order of the machine, on all elements of an array that is no view
   * and not empty. The window does not keep the array from being freed: the caller must.
   */
  static ByteBuffer of(INDArray array) {
    return array.data().asNio().duplicate().order(ByteOrder.nativeOrder()).rewind();
  }
}
