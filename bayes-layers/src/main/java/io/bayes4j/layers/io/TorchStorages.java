package io.bayes4j.layers.io;

import io.bayes4j.layers.io.PickleValue.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;

/** Where the bytes of a file's storages lie. */
interface TorchStorages extends Closeable {
  /** What was saved: a value as {@link PickleReader#read} gives it. */
  Object saved();

  /**
   * Checks that all bytes of a storage are there.
   *
   * @throws MalformedTensorFileException if not
   */
  void require(Storage storage, Origin origin) throws IOException;

  /** Whether reading from a place means to read all before it. */
  boolean isCompressed(Storage storage);

  /** The bytes from one on. */
  ReadableByteChannel from(Storage storage, long firstByte) throws IOException;
}
