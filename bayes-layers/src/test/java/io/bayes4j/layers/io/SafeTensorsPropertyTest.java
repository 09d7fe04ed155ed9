package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class SafeTensorsPropertyTest {
  private Path file;

  @BeforeProperty
  void createFile() throws IOException {
    file = Files.createTempFile("properties", ".safetensors");
  }

  @AfterProperty
  void deleteFile() throws IOException {
    Files.delete(file);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void everyBitAndTheOrderSurvive(
      @ForAll("tensors") Map<String, Drawn> drawn, @ForAll("texts") Map<String, String> metadata)
      throws IOException {
    Map<String, INDArray> tensors = arrays(drawn);
    SafeTensors.write(file, tensors, metadata);
    TensorFile content = SafeTensors.read(file);

    assertThat(content.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
    assertThat(new ArrayList<>(content.metadata().entrySet()))
        .isEqualTo(new ArrayList<>(metadata.entrySet()));
    tensors.forEach(
        (name, array) -> {
          INDArray read = content.tensors().get(name);
          assertThat(read.dataType()).isEqualTo(array.dataType());
          assertThat(read.shape()).isEqualTo(array.shape());
          assertThat(bits(read)).isEqualTo(bits(array));
        });
  }

  @Property(tries = 30, edgeCases = EdgeCasesMode.NONE)
  void theSameTensorsGiveTheSameBytes(@ForAll("tensors") Map<String, Drawn> drawn)
      throws IOException {
    SafeTensors.write(file, arrays(drawn), Map.of());
    byte[] first = Files.readAllBytes(file);
    SafeTensors.write(file, SafeTensors.read(file).tensors(), Map.of());
    assertThat(file).hasBinaryContent(first);
  }

  @Provide
  static Arbitrary<Map<String, Drawn>> tensors() {
    Arbitrary<String> names =
        Arbitraries.strings().ofMaxLength(6).filter(SafeTensorsPropertyTest::canBeStored);
    return Arbitraries.maps(names, drawn()).ofMaxSize(5).map(LinkedHashMap::new);
  }

  @Provide
  static Arbitrary<Map<String, String>> texts() {
    Arbitrary<String> text =
        Arbitraries.strings().ofMaxLength(6).filter(SafeTensorsPropertyTest::canBeStored);
    return Arbitraries.maps(text, text).ofMaxSize(3).map(LinkedHashMap::new);
  }

  private static boolean canBeStored(String text) {
    return text.codePoints().noneMatch(point -> point >= 0xd800 && point <= 0xdfff);
  }

  private static Arbitrary<Drawn> drawn() {
    Arbitrary<DataType> types =
        Arbitraries.of(
            DataType.DOUBLE,
            DataType.FLOAT,
            DataType.INT64,
            DataType.INT32,
            DataType.INT8,
            DataType.UINT8,
            DataType.BOOL);
    Arbitrary<List<Long>> shapes = Arbitraries.longs().between(0, 4).list().ofMaxSize(4);
    Arbitrary<List<Byte>> content = Arbitraries.bytes().list().ofMinSize(1).ofMaxSize(17);
    return Combinators.combine(types, shapes, content, Arbitraries.of('c', 'f'), booleans())
        .as(Drawn::new);
  }

  private static Arbitrary<Boolean> booleans() {
    return Arbitraries.of(true, false);
  }

  private static Map<String, INDArray> arrays(Map<String, Drawn> drawn) {
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    drawn.forEach((name, array) -> arrays.put(name, array.build()));
    return arrays;
  }

  /**
   * What an array is made from. The array itself is no use to jqwik, which hashes what it draws:
   * ND4J's hash code reads past the end of an empty array.
   */
  record Drawn(DataType type, List<Long> shape, List<Byte> content, char order, boolean reversed) {
    INDArray build() {
      long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
      INDArray array = Nd4j.createUninitializedDetached(type, order, dims);
      if (array.isEmpty()) {
        return array;
      }
      ByteBuffer memory = ArrayBytes.of(array);
      for (int i = 0; memory.hasRemaining(); i++) {
        byte value = content.get(i % content.size());
        memory.put(type == DataType.BOOL ? (byte) (value & 1) : value);
      }
      return reversed && dims.length > 1 ? array.permute(reversedAxes(dims.length)) : array;
    }
  }

  private static int[] reversedAxes(int rank) {
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      axes.add(axis);
    }
    Collections.reverse(axes);
    return axes.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The bytes of the elements, last axis fastest, found by the strides alone. */
  private static List<Byte> bits(INDArray array) {
    List<Byte> bits = new ArrayList<>();
    if (!array.isEmpty()) {
      collect(array, ArrayBytes.of(array), 0, 0, bits);
    }
    return bits;
  }

  private static void collect(
      INDArray array, ByteBuffer memory, int axis, long element, List<Byte> bits) {
    if (axis == array.rank()) {
      int width = array.dataType().width();
      for (int i = 0; i < width; i++) {
        bits.add(memory.get((int) element * width + i));
      }
      return;
    }
    for (long i = 0; i < array.size(axis); i++) {
      collect(array, memory, axis + 1, element + i * array.stride(axis), bits);
    }
  }
}
