package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

final class SafeTensorsTest {
  @TempDir private Path folder;

  @Test
  void writesTheFormatByteForByte() throws IOException {
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("layer.bias", Nd4j.createFromArray(1.5f, -2f));
    tensors.put("steps", Nd4j.scalar(DataType.INT64, 7));
    tensors.put("none", Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', 0, 3));
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, tensors, Map.of("format", "pt"));

    String json =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"layer.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
            + "\"steps\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
            + "\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[16,16]}}";
    String padded = json + " ".repeat((8 - json.length() % 8) % 8);
    assertThat(file)
        .hasBinaryContent(
            FileBytes.safeTensors(
                padded, FileBytes.join(FileBytes.longs(7), FileBytes.floats(1.5f, -2f))));
  }

  @Test
  void readsTensorsAndMetadataInTheOrderOfTheHeader() throws IOException {
    TensorFile content =
        read(
            FileBytes.safeTensors(
                "{\"w\":{\"shape\":[2,2],\"data_offsets\":[4,20],\"dtype\":\"F32\"},"
                    + "\"__metadata__\":{\"z\":\"\u00e9\\n\",\"a\":\"\"},"
                    + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} \n ",
                FileBytes.floats(9, 1, 2, 3, 4)));
    assertThat(content.tensors()).containsOnlyKeys("w", "b");
    assertThat(content.tensors().keySet()).containsExactly("w", "b");
    assertThat(content.tensors().get("w"))
        .isEqualTo(Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}));
    assertThat(content.tensors().get("b")).isEqualTo(Nd4j.createFromArray(9f));
    assertThat(content.metadata().keySet()).containsExactly("z", "a");
    assertThat(content.metadata()).containsEntry("z", "\u00e9\n").containsEntry("a", "");
  }

  /** None of it is in the format's description. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        " {\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "\n\t\r          {\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}  ",
        "{\"__metadata__\":null,\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"b\":{\"dtype\":\"F32\",\"scale\":2,\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"b\":{\"x\":{\"shape\":[9,[]]},\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"y\":[{}]}}"
      })
  void readsWhatTheFormatsOwnReaderPassesOver(String header) throws IOException {
    TensorFile content = read(FileBytes.safeTensors(header, FileBytes.floats(9)));
    assertThat(content.metadata()).isEmpty();
    assertThat(content.tensors()).containsOnlyKeys("b");
    assertThat(content.tensors()).containsEntry("b", Nd4j.createFromArray(9f));
  }

  @Test
  void readsEachTypeIntoItsArray() throws IOException {
    assertReads("F64", FileBytes.doubles(-1.25, 3), Nd4j.createFromArray(-1.25, 3));
    assertReads("F32", FileBytes.floats(-1.25f, 3), Nd4j.createFromArray(-1.25f, 3f));
    assertReads("F16", FileBytes.shorts(0xbd00, 0x7bff), Nd4j.createFromArray(-1.25f, 65504f));
    assertReads("BF16", FileBytes.shorts(0xbfa0, 0x4040), Nd4j.createFromArray(-1.25f, 3f));
    assertReads("I64", FileBytes.longs(-1, 1L << 40), Nd4j.createFromArray(-1L, 1L << 40));
    assertReads("I32", FileBytes.ints(-1, 1 << 30), Nd4j.createFromArray(-1, 1 << 30));
    assertReads("I8", new byte[] {-128, 127}, Nd4j.createFromArray(new byte[] {-128, 127}));
    assertReads("U8", new byte[] {-1, 1}, Nd4j.createFromArray(255, 1).castTo(DataType.UINT8));
    assertReads("BOOL", new byte[] {1, 0}, Nd4j.createFromArray(true, false));
  }

  @Test
  void readsAFileWithoutTensors() throws IOException {
    TensorFile content = read(FileBytes.safeTensors("{}"));
    assertThat(content.tensors()).isEmpty();
    assertThat(content.metadata()).isEmpty();
  }

  @Test
  void writesViewsInTheOrderOfC() throws IOException {
    INDArray base = Nd4j.createFromArray(0f, 1f, 2f, 3f, 4f, 5f).reshape(2, 3);
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("columns", base.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3)));
    tensors.put("transposed", base.transpose());
    tensors.put("row", base.getRow(1));
    tensors.put("repeated", Nd4j.createFromArray(7f).broadcast(3));
    TensorFile content = written(tensors);
    assertThat(content.tensors().get("columns"))
        .isEqualTo(Nd4j.createFromArray(new float[][] {{1, 2}, {4, 5}}));
    assertThat(content.tensors().get("transposed"))
        .isEqualTo(Nd4j.createFromArray(new float[][] {{0, 3}, {1, 4}, {2, 5}}));
    assertThat(content.tensors().get("row")).isEqualTo(Nd4j.createFromArray(3f, 4f, 5f));
    assertThat(content.tensors().get("repeated")).isEqualTo(Nd4j.createFromArray(7f, 7f, 7f));
  }

  @Test
  void keepsTensorsLongerThanTheCopyingBuffer() throws IOException {
    INDArray ramp = Nd4j.arange(300_001).castTo(DataType.FLOAT);
    Map<String, INDArray> tensors = new LinkedHashMap<>();
    tensors.put("a", ramp);
    tensors.put("b", ramp.castTo(DataType.DOUBLE));
    TensorFile content = written(tensors);
    assertThat(content.tensors()).isEqualTo(tensors);
  }

  @Test
  void returnsArraysThatOutliveAWorkspace() throws IOException {
    // The first cycle of a workspace measures; later ones allocate inside it.
    for (int cycle = 0; cycle < 3; cycle++) {
      TensorFile content;
      try (MemoryWorkspace workspace =
          Nd4j.getWorkspaceManager().getAndActivateWorkspace("SafeTensorsTest")) {
        assertThat(workspace.isScopeActive()).isTrue();
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put("a", Nd4j.createFromArray(1f, 2f));
        tensors.put("b", Nd4j.createFromArray(3f, 4f));
        content = written(tensors);
      }
      assertThat(content.tensors().get("a").isAttached()).isFalse();
      assertThat(content.tensors().get("a")).isEqualTo(Nd4j.createFromArray(1f, 2f));
      assertThat(content.tensors().get("b")).isEqualTo(Nd4j.createFromArray(3f, 4f));
    }
  }

  @Test
  void leavesTheFileAloneWhenTheTensorsCannotBeStored() throws IOException {
    Path file = Files.write(folder.resolve("kept.safetensors"), new byte[] {1});
    INDArray array = Nd4j.createFromArray(1f);
    assertRefused(file, Map.of("__metadata__", array), Map.of(), "__metadata__");
    assertRefused(file, Map.of("\ud800", array), Map.of(), "lone surrogates");
    assertRefused(file, Collections.singletonMap(null, array), Map.of(), "tensor name");
    assertRefused(file, Collections.singletonMap("a", null), Map.of(), "tensor 'a'");
    assertRefused(file, Map.of("h", array.castTo(DataType.FLOAT16)), Map.of(), "got HALF");
    long[] axes = LongStream.generate(() -> 1).limit(33).toArray();
    INDArray deep = Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', axes);
    assertRefused(file, Map.of("d", deep), Map.of(), "at most 32 axes, has 33");
    assertRefused(file, Map.of("a", array), Map.of("\udc00", "x"), "metadata key");
    assertRefused(file, Map.of("a", array), Map.of("k", "\ud800"), "metadata value of 'k'");
    assertRefused(file, Map.of(), Collections.singletonMap("k", null), "metadata value of 'k'");
    assertThat(file).hasBinaryContent(new byte[] {1});
  }

  @Test
  void refusesATensorThatNoBufferCanShow() throws IOException {
    StoredTensor tensor =
        StoredTensor.of(new Origin("big"), StoredType.BF16, List.of(1L << 29), 'c');
    TensorSource source =
        new TensorSource(
            new Origin("big"),
            Channels.newChannel(Files.newInputStream(Files.createFile(folder.resolve("empty")))),
            1L << 30);
    assertThatThrownBy(() -> source.take(tensor))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(
            "big: tensors of more than 2147483647 bytes are not supported, this one needs"
                + " 2147483648");
  }

  @Test
  void namesAFileThatIsMissingOrAFolder() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> SafeTensors.read(missing))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(missing.toString());
    assertThatThrownBy(() -> SafeTensors.read(folder))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(folder + ": is a folder, not a safetensors file");
  }

  @Test
  void keepsItsMapsFromChanging() throws IOException {
    TensorFile content = read(FileBytes.safeTensors("{\"__metadata__\":{\"a\":\"b\"}}"));
    assertThatThrownBy(() -> content.metadata().put("c", "d"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> content.tensors().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void widensEveryHalfExactly() {
    for (int bits = 0; bits <= 0xffff; bits++) {
      float widened = Float.intBitsToFloat(Half.toFloatBits((short) bits));
      int exponent = bits >> 10 & 31;
      int fraction = bits & 1023;
      double magnitude =
          exponent == 0
              ? fraction * Math.pow(2, -24)
              : (1024 + fraction) * Math.pow(2, exponent - 25);
      if (exponent == 31) {
        magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      }
      assertThat(Double.valueOf(Math.abs(widened))).isEqualTo(Double.valueOf(magnitude));
      assertThat(Float.floatToRawIntBits(widened) >>> 31).isEqualTo(bits >> 15);
    }
    assertThat(Half.toFloatBits((short) 0x7c01)).isEqualTo(0x7f802000);
  }

  private void assertReads(String type, byte[] data, INDArray expected) throws IOException {
    String header =
        String.format(
            Locale.US,
            "{\"t\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[0,%d]}}",
            type,
            data.length);
    INDArray array = read(FileBytes.safeTensors(header, data)).tensors().get("t");
    assertThat(array.dataType()).isEqualTo(expected.dataType());
    assertThat(array).isEqualTo(expected);
  }

  private static void assertRefused(
      Path file, Map<String, INDArray> tensors, Map<String, String> metadata, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SafeTensors.write(file, tensors, metadata))
        .withMessageContaining(message);
  }

  private TensorFile written(Map<String, INDArray> tensors) throws IOException {
    Path file = folder.resolve("written.safetensors");
    SafeTensors.write(file, tensors, Map.of());
    return SafeTensors.read(file);
  }

  private TensorFile read(byte[] bytes) throws IOException {
    return SafeTensors.read(Files.write(folder.resolve("read.safetensors"), bytes));
  }
}
