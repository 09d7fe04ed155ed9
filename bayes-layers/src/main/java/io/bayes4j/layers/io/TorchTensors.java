package io.bayes4j.layers.io;

import io.bayes4j.layers.io.PickleValue.Storage;
import io.bayes4j.layers.io.PickleValue.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads the tensors of a state dict out of the storages that they lie in. Two names of one tensor
 * have one array.
 */
final class TorchTensors {
  /**
   * How many times the bytes of all storages the arrays, and what is read for them, may have: a
   * view that repeats an element, and one that leaves out most, can ask for any amount.
   */
  private static final long MOST_REPEATS = 16;

  private static final long SMALL = 1 << 20;

  private final Origin origin;
  private final TorchStorages storages;
  private final Map<Tensor, INDArray> read = new HashMap<>();
  private final Map<Tensor, List<String>> names = new LinkedHashMap<>();
  private final Set<String> compressed = new HashSet<>();

  TorchTensors(Origin origin, TorchStorages storages) {
    this.origin = origin;
    this.storages = storages;
  }

  /**
   * Reads all.
   *
   * @return by name; those of a type that there is no array for are left out
   */
  Map<String, INDArray> read(Map<String, Tensor> tensors) throws IOException {
    requireModest(tensors);
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      if (typeOf(tensor) == null) {
        continue;
      }
      if (!read.containsKey(tensor)) {
        read.put(tensor, read(origin.tensor(entry.getKey()), tensor));
      }
      arrays.put(entry.getKey(), read.get(tensor));
      names.computeIfAbsent(tensor, t -> new ArrayList<>()).add(entry.getKey());
    }
    return arrays;
  }

  /** Names of one and the same tensor. */
  List<List<String>> tied() {
    return names.values().stream().filter(group -> group.size() > 1).toList();
  }

  private static @Nullable StoredType typeOf(Tensor tensor) {
    return tensor.storage() == null ? null : StoredType.named(tensor.type()).orElse(null);
  }

  private void requireModest(Map<String, Tensor> tensors) throws IOException {
    Map<String, Long> sizes = new HashMap<>();
    Set<Tensor> seen = new HashSet<>();
    double needed = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      StoredType type = typeOf(tensor);
      if (type == null || !seen.add(tensor)) {
        continue;
      }
      Origin place = origin.tensor(entry.getKey());
      StoredTensor stored = stored(place, type, tensor);
      Storage storage = storageOf(tensor);
      storages.require(storage, place);
      sizes.merge(storage.key(), storage.length() * storage.width(), Math::max);
      needed += (double) stored.elements() * type.arrayType().width();
      needed += isDense(tensor) ? 0 : (double) span(place, tensor) * storage.width();
    }
    double there = sizes.values().stream().mapToDouble(Long::doubleValue).sum();
    if (needed > MOST_REPEATS * there + SMALL) {
      throw origin.malformed(
          "tensors in storages of " + (long) there + " bytes must not need " + (long) needed);
    }
  }

  private static Storage storageOf(Tensor tensor) {
    return Objects.requireNonNull(tensor.storage());
  }

  private static StoredTensor stored(Origin place, StoredType type, Tensor tensor)
      throws MalformedTensorFileException {
    if (tensor.shape().size() != tensor.stride().size()) {
      throw place.malformed(
          "must have a stride for each axis, has shape "
              + tensor.shape()
              + " and strides "
              + tensor.stride());
    }
    StoredTensor stored = StoredTensor.of(place, type, tensor.shape(), 'c');
    long span = span(place, tensor);
    if (span > 0
        && (tensor.offset() > storageOf(tensor).length()
            || span > storageOf(tensor).length() - tensor.offset())) {
      throw place.malformed(
          "must lie in its storage of "
              + storageOf(tensor).length()
              + " elements, begins at "
              + tensor.offset()
              + " and spans "
              + span);
    }
    return stored;
  }

  /** Elements from the first to the last one in memory. */
  private static long span(Origin place, Tensor tensor) throws MalformedTensorFileException {
    if (tensor.shape().contains(0L)) {
      return 0;
    }
    try {
      long span = 1;
      for (int axis = 0; axis < tensor.shape().size(); axis++) {
        long steps = tensor.shape().get(axis) - 1;
        span = Math.addExact(span, Math.multiplyExact(steps, tensor.stride().get(axis)));
      }
      return span;
    } catch (ArithmeticException overflow) {
      throw place.malformed("must span fewer than 2^63 elements", overflow);
    }
  }

  /** Axes longer than one, from the one whose neighbors are farthest apart. */
  private static List<Integer> byStride(Tensor tensor) {
    return IntStream.range(0, tensor.shape().size())
        .boxed()
        .sorted((a, b) -> Long.compare(tensor.stride().get(b), tensor.stride().get(a)))
        .toList();
  }

  /** Whether the elements, in whatever order of axes, lie side by side. */
  private static boolean isDense(Tensor tensor) {
    List<Integer> axes = byStride(tensor);
    long expected = 1;
    for (int i = axes.size() - 1; i >= 0; i--) {
      int axis = axes.get(i);
      long length = tensor.shape().get(axis);
      if (length != 1 && tensor.stride().get(axis) != expected) {
        return false;
      }
      expected *= length;
    }
    return true;
  }

  private INDArray read(Origin place, Tensor tensor) throws IOException {
    StoredType type = Objects.requireNonNull(typeOf(tensor));
    Storage storage = storageOf(tensor);
    StoredTensor stored = stored(place, type, tensor);
    if (stored.elements() == 0) {
      return source(place, Channels.newChannel(InputStream.nullInputStream()), 0).take(stored);
    }
    requireOncePerCompressed(place, storage);
    long first = (storage.begin() + tensor.offset()) * storage.width();
    try (ReadableByteChannel in = open(storage, first)) {
      return isDense(tensor)
          ? dense(place, tensor, stored, in)
          : strided(place, tensor, stored, in);
    }
  }

  /** A channel whose closing leaves the file of all storages open. */
  private ReadableByteChannel open(Storage storage, long first) throws IOException {
    ReadableByteChannel in = storages.from(storage, first);
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) throws IOException {
        return in.read(target);
      }

      @Override
      public boolean isOpen() {
        return in.isOpen();
      }

      @Override
      public void close() {}
    };
  }

  private void requireOncePerCompressed(Origin place, Storage storage)
      throws MalformedTensorFileException {
    if (storages.isCompressed(storage) && !compressed.add(storage.key())) {
      throw place.malformed(
          "shares a storage that is compressed, which is not read; save the file again with"
              + " torch.save");
    }
  }

  private static TensorSource source(Origin place, ReadableByteChannel in, long bytes) {
    return new TensorSource(place, in, bytes);
  }

  private static INDArray dense(
      Origin place, Tensor tensor, StoredTensor stored, ReadableByteChannel in) throws IOException {
    List<Integer> order = byStride(tensor);
    boolean inOrder = IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i);
    if (inOrder) {
      return source(place, in, stored.byteLength()).take(stored);
    }
    List<Long> shape = order.stream().map(tensor.shape()::get).toList();
    StoredTensor moved = StoredTensor.of(place, stored.type(), shape, 'c');
    int[] back = new int[order.size()];
    IntStream.range(0, back.length).forEach(i -> back[order.get(i)] = i);
    INDArray array = source(place, in, stored.byteLength()).take(moved);
    INDArray copy = ArrayBytes.copyInOrderOfC(array.permute(back));
    array.close();
    return copy;
  }

  private static INDArray strided(
      Origin place, Tensor tensor, StoredTensor stored, ReadableByteChannel in) throws IOException {
    int width = stored.type().width();
    long spanBytes = span(place, tensor) * width;
    if (spanBytes > ArrayBytes.MOST) {
      throw place.malformed("must span at most 2 GiB, spans " + spanBytes + " bytes");
    }
    ByteBuffer bytes = source(place, in, spanBytes).take((int) spanBytes, "the elements");
    StridedElements elements =
        new StridedElements(bytes, width, tensor.shape(), tensor.stride(), stored.elements());
    return source(place, elements, stored.byteLength()).take(stored);
  }
}
