package io.bayes4j.layers.io;

import static io.bayes4j.core.internal.Require.argument;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.io.SafeTensorsHeader.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The bytes of a safetensors file: its header, made at once, and its data, copied in chunks. */
final class SafeTensorsWriter {
  private static final int CHUNK_BYTES = 1 << 18;
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<String, INDArray> tensors;
  private final SafeTensorsHeader header;
  private final byte[] headerBytes;

  /**
   * Checks and lays out the tensors, and writes nothing yet.
   *
   * @throws IllegalArgumentException if a name, a type or a size cannot be stored
   */
  SafeTensorsWriter(Map<String, INDArray> tensors, Map<String, String> metadata)
      throws IOException {
    metadata.forEach(
        (key, value) -> {
          requireText("metadata key", key);
          requireText("metadata value of " + Origin.quote(key), value);
        });
    this.tensors = tensors;
    this.header = new SafeTensorsHeader(layOut(tensors), metadata);
    this.headerBytes = encode(header);
    argument(
        headerBytes.length <= SafeTensorsHeader.MOST_BYTES,
        "names and metadata must fit in a header of %d bytes, need %d",
        SafeTensorsHeader.MOST_BYTES,
        headerBytes.length);
  }

  void write(OutputStream out) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(headerBytes.length).array());
    out.write(headerBytes);
    for (Entry entry : header.inFileOrder()) {
      if (entry.end() > entry.begin()) {
        write(out, known(entry).type(), Require.entry(tensors, entry.name()));
      }
    }
  }

  private static void write(OutputStream out, StoredType type, INDArray array) throws IOException {
    INDArray copy = ArrayBytes.copyInOrderOfC(array);
    try {
      ByteBuffer source = ArrayBytes.of(copy);
      byte[] chunk = new byte[Math.min(CHUNK_BYTES, source.capacity())];
      while (source.hasRemaining()) {
        int count = Math.min(chunk.length, source.remaining());
        ByteBuffer part = source.slice(source.position(), count).order(source.order());
        type.move(part, ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN));
        out.write(chunk, 0, count);
        source.position(source.position() + count);
      }
    } finally {
      // Also keeps the copy's memory from being freed while it is read.
      copy.close();
    }
  }

  private static StoredTensor known(Entry entry) {
    return Objects.requireNonNull(entry.tensor());
  }

  private static Map<String, Entry> layOut(Map<String, INDArray> tensors) throws IOException {
    Map<String, StoredTensor> described = new LinkedHashMap<>();
    for (Map.Entry<String, INDArray> tensor : tensors.entrySet()) {
      described.put(tensor.getKey(), describe(tensor.getKey(), tensor.getValue()));
    }
    // Wide elements first, so that every tensor is aligned to the width of its elements.
    List<String> placed =
        described.keySet().stream()
            .sorted(Comparator.comparingInt(name -> -Require.entry(described, name).type().width()))
            .toList();
    Map<String, Entry> entries = new LinkedHashMap<>();
    described.keySet().forEach(name -> entries.put(name, null));
    long offset = 0;
    for (String name : placed) {
      StoredTensor tensor = Require.entry(described, name);
      long end = Math.addExact(offset, tensor.byteLength());
      entries.put(
          name, new Entry(name, tensor.origin(), tensor.type().name(), tensor, offset, end));
      offset = end;
    }
    return entries;
  }

  private static StoredTensor describe(String name, INDArray array) throws IOException {
    requireText("tensor name", name);
    argument(
        !name.equals(SafeTensorsHeader.METADATA_KEY),
        "a tensor's name must not be %s, which the format keeps for the metadata",
        name);
    argument(array != null, "tensor %s must not be null", Origin.quote(name));
    StoredType type =
        StoredType.of(array.dataType())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "tensor "
                            + Origin.quote(name)
                            + " must have a type that can be stored, got "
                            + array.dataType()));
    argument(
        array.rank() <= StoredTensor.MOST_AXES,
        "tensor %s must have at most %d axes, has %d",
        Origin.quote(name),
        StoredTensor.MOST_AXES,
        array.rank());
    argument(
        array.length() <= ArrayBytes.MOST / type.width(),
        "tensor %s must have at most %d bytes, has %d elements",
        Origin.quote(name),
        ArrayBytes.MOST,
        array.length());
    List<Long> shape = Arrays.stream(array.shape()).boxed().toList();
    return StoredTensor.of(new Origin(name), type, shape, 'c');
  }

  private static void requireText(String what, String text) {
    argument(text != null, "%s must not be null", what);
    argument(
        StandardCharsets.UTF_8.newEncoder().canEncode(text),
        "%s must have no lone surrogates, got %s",
        what,
        Origin.quote(text));
  }

  private static byte[] encode(SafeTensorsHeader header) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!header.metadata().isEmpty()) {
        json.writeObjectFieldStart(SafeTensorsHeader.METADATA_KEY);
        for (Map.Entry<String, String> item : header.metadata().entrySet()) {
          json.writeStringField(item.getKey(), item.getValue());
        }
        json.writeEndObject();
      }
      for (Entry entry : header.entries().values()) {
        encode(json, entry);
      }
      json.writeEndObject();
    }
    while (bytes.size() % SafeTensorsHeader.ALIGNMENT != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }

  private static void encode(JsonGenerator json, Entry entry) throws IOException {
    json.writeObjectFieldStart(entry.name());
    json.writeStringField(SafeTensorsHeader.TYPE_KEY, entry.type());
    json.writeArrayFieldStart(SafeTensorsHeader.SHAPE_KEY);
    for (long dim : known(entry).shape()) {
      json.writeNumber(dim);
    }
    json.writeEndArray();
    json.writeArrayFieldStart(SafeTensorsHeader.OFFSETS_KEY);
    json.writeNumber(entry.begin());
    json.writeNumber(entry.end());
    json.writeEndArray();
    json.writeEndObject();
  }
}
