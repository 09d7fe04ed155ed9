package io.bayes4j.imports.onnx;

import io.bayes4j.core.internal.FileBytes;
import io.bayes4j.imports.format.MalformedModelFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import onnx.OnnxMl.StringStringEntryProto;
import onnx.OnnxMl.TensorProto;

/** Arrays of a file, which may lie in other files of its folder. */
final class TensorReader {
  private static final int MOST_AXES = 16;

  private final Path file;
  private final Work work;
  private final Map<String, ByteBuffer> external = new HashMap<>();

  TensorReader(Path file, Work work) {
    this.file = file;
    this.work = work;
  }

  /**
   * An array, checked against the room that it has in the file, but not decoded.
   *
   * @throws MalformedModelFileException naming the array and the rule it breaks
   */
  Tensor read(TensorProto proto) throws IOException {
    String name = Text.quote(proto.getName());
    long[] shape = shape(proto, name);
    long length = length(shape, name);
    Type type =
        Type.of(proto.getDataType())
            .orElseThrow(
                () ->
                    new MalformedModelFileException(
                        file
                            + ": tensor "
                            + name
                            + " is of type "
                            + proto.getDataType()
                            + ", not read here"));
    if (proto.getExternalDataCount() > 0 || proto.getDataLocationValue() == 1) {
      return of(type, bytes(proto, name), shape, length, name);
    }
    if (!proto.getRawData().isEmpty()) {
      return of(type, proto.getRawData().asReadOnlyByteBuffer(), shape, length, name);
    }
    return listed(proto, type, shape, length, name);
  }

  private long[] shape(TensorProto proto, String name) throws IOException {
    if (proto.getDimsCount() > MOST_AXES) {
      throw new MalformedModelFileException(
          file + ": tensor " + name + " has " + proto.getDimsCount() + " axes");
    }
    return proto.getDimsList().stream().mapToLong(Long::longValue).toArray();
  }

  private long length(long[] shape, String name) throws IOException {
    long length = 1;
    for (long size : shape) {
      if (size < 0 || (size > 0 && length > Integer.MAX_VALUE / 4 / size)) {
        throw new MalformedModelFileException(
            file + ": tensor " + name + " has an impossible shape");
      }
      length *= size;
    }
    return length;
  }

  private Tensor of(Type type, ByteBuffer raw, long[] shape, long length, String name)
      throws IOException {
    requireLength(raw.remaining(), length * type.bytes, name);
    ByteBuffer data = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
    int n = (int) length;
    if (type == Type.FLOAT && n > 0) {
      return Tensor.ofRaw(
          () -> {
            work.spend(n);
            return data.duplicate().order(data.order()).asFloatBuffer();
          },
          shape);
    }
    return type.integer
        ? longs(() -> type.longs(data, n), n, shape)
        : floats(() -> type.floats(data, n), n, shape);
  }

  private Tensor floats(Supplier<float[]> numbers, int n, long... shape) {
    return Tensor.ofFloats(
        () -> {
          work.spend(n);
          return numbers.get();
        },
        shape);
  }

  private Tensor longs(Supplier<long[]> numbers, int n, long... shape) {
    return Tensor.ofLongs(
        () -> {
          work.spend(n);
          return numbers.get();
        },
        shape);
  }

  private void requireLength(long actual, long expected, String name) throws IOException {
    if (actual != expected) {
      throw new MalformedModelFileException(
          file + ": tensor " + name + " needs " + expected + " bytes or numbers, has " + actual);
    }
  }

  /** Numbers in fields of their own rather than as bytes. */
  private Tensor listed(TensorProto proto, Type type, long[] shape, long length, String name)
      throws IOException {
    int n = (int) length;
    return switch (type) {
      case FLOAT -> {
        requireLength(proto.getFloatDataCount(), length, name);
        yield floats(() -> Type.floats(n, i -> proto.getFloatData(i)), n, shape);
      }
      case DOUBLE -> {
        requireLength(proto.getDoubleDataCount(), length, name);
        yield floats(() -> Type.floats(n, i -> (float) proto.getDoubleData(i)), n, shape);
      }
      case LONG -> {
        requireLength(proto.getInt64DataCount(), length, name);
        yield longs(() -> Type.longs(n, proto::getInt64Data), n, shape);
      }
      case HALF, BFLOAT16 -> {
        requireLength(proto.getInt32DataCount(), length, name);
        yield floats(
            () -> Type.floats(n, i -> type.ofBits((short) proto.getInt32Data(i))), n, shape);
      }
      default -> {
        requireLength(proto.getInt32DataCount(), length, name);
        yield longs(() -> Type.longs(n, proto::getInt32Data), n, shape);
      }
    };
  }

  /** Bytes of an external file: part of a file in the model's own folder, never elsewhere. */
  private ByteBuffer bytes(TensorProto proto, String name) throws IOException {
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : proto.getExternalDataList()) {
      entries.put(entry.getKey(), entry.getValue());
    }
    String location = entries.getOrDefault("location", "");
    ByteBuffer all = external.get(location);
    if (all == null) {
      all = content(sibling(location, name));
      external.put(location, all);
      work.hold(all.capacity());
    }
    long offset = number(entries, "offset", 0, name);
    long length = number(entries, "length", all.capacity() - offset, name);
    if (offset < 0 || length < 0 || offset > all.capacity() - length) {
      throw new MalformedModelFileException(
          file + ": tensor " + name + " lies outside of " + Text.quote(location));
    }
    return all.slice((int) offset, (int) length);
  }

  private long number(Map<String, String> entries, String key, long otherwise, String name)
      throws IOException {
    String text = entries.getOrDefault(key, Long.toString(otherwise));
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new MalformedModelFileException(
          file + ": tensor " + name + " has a place that is no number, " + Text.quote(text), e);
    }
  }

  private Path sibling(String location, String name) throws IOException {
    String rule =
        file
            + ": tensor "
            + name
            + " must lie in a file of the model's own folder, got "
            + Text.quote(location);
    try {
      Path given = Path.of(location);
      Path folder = file.toAbsolutePath().normalize().getParent();
      boolean plain = List.of("", ".", "..").stream().noneMatch(location::equals);
      boolean direct = !given.isAbsolute() && given.getNameCount() == 1 && plain;
      if (!direct || folder == null || !Files.isRegularFile(folder.resolve(given))) {
        throw new MalformedModelFileException(rule);
      }
      Path sibling = folder.resolve(given);
      if (!folder.toRealPath().equals(sibling.toRealPath().getParent())) {
        throw new MalformedModelFileException(rule + ", a link to elsewhere");
      }
      return sibling;
    } catch (InvalidPathException e) {
      throw new MalformedModelFileException(rule, e);
    }
  }

  /** A file's bytes, which the system reads when they are used. */
  static ByteBuffer content(Path file) throws IOException {
    long size = Files.size(file);
    if (size > Integer.MAX_VALUE) {
      throw new MalformedModelFileException(
          file + ": a file of at most 2 GiB can be read, this one has " + size + " bytes");
    }
    return FileBytes.of(file);
  }
}
