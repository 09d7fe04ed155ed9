package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.io.PickleValue.Dictionary;
import io.bayes4j.layers.io.PickleValue.Sequence;
import io.bayes4j.layers.io.PickleValue.Storage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A file as PyTorch wrote them before 1.6, and writes them still if asked to: five pickles (a magic
 * number, a version, a word on the machine, what was saved, the storages' keys), then for each
 * storage its length and its elements.
 */
final class TorchLegacyFile implements TorchStorages {
  private static final long VERSION = 1001;

  private final FileChannel channel;
  private final Object saved;

  /** Lengths in elements, and where the first of them is. */
  private final Map<String, Long> lengths = new HashMap<>();

  private final Map<String, Long> places = new HashMap<>();

  private TorchLegacyFile(FileChannel channel, Object saved) {
    this.channel = channel;
    this.saved = saved;
  }

  static TorchLegacyFile open(Path file, Origin origin) throws IOException {
    FileChannel channel = FileChannel.open(file);
    try {
      return read(channel, origin);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static TorchLegacyFile read(FileChannel channel, Origin origin) throws IOException {
    PickleInput in =
        new PickleInput(
            origin, new BufferedInputStream(Channels.newInputStream(channel)), channel.size());
    PickleNames names = new PickleNames(origin);
    Object magic = new PickleReader(origin, in, names).read();
    Object version = magic == PickleValue.OTHER ? next(in, names, origin) : null;
    if (!Long.valueOf(VERSION).equals(version)) {
      throw origin.malformed(
          "must begin as files of torch.save do; a pickle of another kind is not read");
    }
    if (next(in, names, origin) instanceof Dictionary machine
        && Boolean.FALSE.equals(machine.entries().get("little_endian"))) {
      throw origin.malformed("must be of a little-endian machine, is of a big-endian one");
    }
    Object saved = next(in, names, origin);
    names.requireAllowed();
    TorchLegacyFile file = new TorchLegacyFile(channel, saved);
    file.locate(next(in, names, origin), names, in.position(), origin);
    return file;
  }

  private static Object next(PickleInput in, PickleNames names, Origin origin) throws IOException {
    return new PickleReader(origin, in, names).read();
  }

  private void locate(Object keys, PickleNames names, long begin, Origin origin)
      throws IOException {
    if (!(keys instanceof Sequence list)) {
      throw origin.malformed("the keys of the storages must be a list");
    }
    long at = begin;
    Set<String> seen = new HashSet<>();
    for (Object key : list.items()) {
      Storage storage = key instanceof String name ? names.storageOf(name) : null;
      if (storage == null || !seen.add(storage.key())) {
        throw origin.malformed("each storage must be listed once, and be of a tensor");
      }
      long room = channel.size() - at - Long.BYTES;
      long length = room < 0 ? -1 : longAt(at);
      if (length != storage.length() || length > room / storage.width()) {
        throw origin.malformed(
            "storage "
                + Origin.quote(storage.key())
                + " must be "
                + storage.length()
                + " elements within the file");
      }
      lengths.put(storage.key(), length);
      places.put(storage.key(), at + Long.BYTES);
      at += Long.BYTES + length * storage.width();
    }
  }

  private long longAt(long position) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        return -1;
      }
    }
    return bytes.getLong(0);
  }

  @Override
  public Object saved() {
    return saved;
  }

  @Override
  public void require(Storage storage, Origin origin) throws MalformedTensorFileException {
    if (!places.containsKey(storage.key())) {
      throw origin.malformed("storage " + Origin.quote(storage.key()) + " is not in the file");
    }
  }

  @Override
  public boolean isCompressed(Storage storage) {
    return false;
  }

  @Override
  public ReadableByteChannel from(Storage storage, long firstByte) throws IOException {
    return channel.position(Require.entry(places, storage.key()) + firstByte);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
