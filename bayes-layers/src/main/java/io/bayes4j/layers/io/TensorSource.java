package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Detached;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads header bytes and tensors, one after another, from a source of known length. */
final class TensorSource {
  private static final int MOST_CHUNK_BYTES = 1 << 18;

  private final Origin origin;
  private final ReadableByteChannel in;
  private final int chunkBytes;

  /** Made when it is first needed. */
  private @Nullable ByteBuffer chunk;

  private long remaining;

  TensorSource(Origin origin, ReadableByteChannel in, long length) {
    this.origin = origin;
    this.in = in;
    this.remaining = length;
    // A multiple of the widest element, so that no element lies in two chunks.
    this.chunkBytes =
        (int) Math.min(MOST_CHUNK_BYTES, length / Long.BYTES * Long.BYTES + Long.BYTES);
  }

  private ByteBuffer chunk() {
    if (chunk == null) {
      chunk = ByteBuffer.allocateDirect(chunkBytes).order(ByteOrder.LITTLE_ENDIAN);
    }
    return chunk;
  }

  /** Bytes not yet taken. */
  long remaining() {
    return remaining;
  }

  /**
   * Takes a part of the header.
   *
   * @param part what the bytes are, for the message
   * @return a little-endian buffer
   * @throws MalformedTensorFileException if fewer bytes remain, before any memory is set aside
   */
  ByteBuffer take(int length, String part) throws IOException {
    if (length > remaining) {
      throw origin.malformed(
          part + " must have " + length + " bytes, but only " + remaining + " remain in the file");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    fill(bytes);
    return bytes.flip();
  }

  /**
   * Takes the elements of a tensor that the caller has checked to fit into what remains.
   *
   * @return an array outside any workspace, in the order of the file
   */
  INDArray take(StoredTensor tensor) throws IOException {
    long arrayBytes =
        Math.multiplyExact(tensor.elements(), (long) tensor.type().arrayType().width());
    if (arrayBytes > ArrayBytes.MOST) {
      throw new FileSystemException(
          tensor.origin().place(),
          null,
          "tensors of more than "
              + ArrayBytes.MOST
              + " bytes are not supported, this one needs "
              + arrayBytes);
    }
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    INDArray array = Detached.create(tensor.type().arrayType(), tensor.order(), shape);
    if (tensor.elements() > 0) {
      copy(tensor, ArrayBytes.of(array));
    }
    return array;
  }

  /** Leaves out bytes that the caller has checked to be there. */
  void skip(long bytes) throws IOException {
    ByteBuffer chunk = chunk();
    for (long left = bytes; left > 0; left -= chunk.limit()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), left));
      fill(chunk);
    }
  }

  private void copy(StoredTensor tensor, ByteBuffer target) throws IOException {
    if (tensor.type().isAsInFiles() && target.order() == ByteOrder.LITTLE_ENDIAN) {
      fill(target.limit((int) tensor.byteLength()));
      return;
    }
    ByteBuffer chunk = chunk();
    for (long left = tensor.byteLength(); left > 0; left -= chunk.limit()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), left));
      fill(chunk);
      chunk.flip();
      if (tensor.type() == StoredType.BOOL) {
        requireBooleans(tensor.origin(), chunk);
      }
      tensor.type().move(chunk, target);
    }
  }

  /** Native code may branch on a boolean's bits, so that any other byte is a third truth value. */
  private static void requireBooleans(Origin tensor, ByteBuffer chunk)
      throws MalformedTensorFileException {
    for (int i = 0; i < chunk.limit(); i++) {
      if ((chunk.get(i) & ~1) != 0) {
        throw tensor.malformed("a BOOL must be 0 or 1, got " + (chunk.get(i) & 0xff));
      }
    }
  }

  private void fill(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int count = in.read(bytes);
      if (count < 0) {
        throw origin.malformed("the file ends " + remaining + " bytes before its declared end");
      }
      remaining -= count;
    }
  }
}
