package io.bayes4j.layers.io;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.List;

/** The elements of a tensor in row-major order, taken out of bytes in which they lie otherwise. */
final class StridedElements implements ReadableByteChannel {
  private final ByteBuffer bytes;
  private final int width;
  private final long[] shape;
  private final long[] stride;
  private final long[] index;
  private long left;
  private long at;

  /**
   * Begins at the first byte.
   *
   * @param bytes from the first element to the last one in memory, checked by the caller
   * @param width bytes of an element
   * @param shape not empty
   */
  StridedElements(ByteBuffer bytes, int width, List<Long> shape, List<Long> stride, long elements) {
    this.bytes = bytes;
    this.width = width;
    this.shape = shape.stream().mapToLong(Long::longValue).toArray();
    this.stride = stride.stream().mapToLong(Long::longValue).toArray();
    this.index = new long[shape.size()];
    this.left = elements;
  }

  @Override
  public int read(ByteBuffer target) {
    if (left == 0) {
      return -1;
    }
    int begin = target.position();
    while (left > 0 && target.remaining() >= width) {
      int from = Math.toIntExact(at * width);
      for (int i = 0; i < width; i++) {
        target.put(bytes.get(from + i));
      }
      advance();
    }
    return target.position() - begin;
  }

  private void advance() {
    left--;
    for (int axis = shape.length - 1; axis >= 0 && left > 0; axis--) {
      at += stride[axis];
      if (++index[axis] < shape[axis]) {
        return;
      }
      at -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
