package io.bayes4j.layers.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SafeTensorsForgeryTest {
  private static final byte[] VALID =
      FileBytes.safeTensors(
          "{\"__metadata__\":{\"k\":\"v\"},"
              + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
              + "\"b\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[8,11]}}",
          new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0});

  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource({"lengths", "texts", "descriptions", "offsets"})
  void refuses(byte[] file, String rule) throws IOException {
    Path path = Files.write(folder.resolve("forged.safetensors"), file);
    assertThatThrownBy(() -> SafeTensors.read(path))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageStartingWith(path.toString())
        .hasMessageContaining(rule);
  }

  static Stream<Arguments> lengths() {
    byte[] empty = "{}".getBytes(ISO_8859_1);
    return Stream.of(
        forgery("no bytes", new byte[0], "is empty"),
        forgery("header longer than file", FileBytes.safeTensors(3, empty), "but only 2 remain"),
        forgery("100 MB in 10 bytes", FileBytes.safeTensors(100_000_000, empty), "but only 2"),
        forgery("above 100 MB", FileBytes.safeTensors(100_000_001, empty), "declares 100000001"),
        forgery("all bits", FileBytes.safeTensors(-1, empty), "declares 18446744073709551615"),
        forgery("empty header", FileBytes.safeTensors(""), "must start with '{'"),
        forgery("trailing byte", FileBytes.safeTensors("{}", (byte) 0), "the last 1 bytes"));
  }

  static Stream<Arguments> texts() {
    return Stream.of(
        header("spaces alone", " \n", "must start with '{'"),
        header("zero byte in front", "\0{}", "must start with '{'"),
        header("list", "[]", "must start with '{'"),
        header("list behind a space", " []", "must start with '{'"),
        forgery("UTF-16", FileBytes.safeTensors("{}".getBytes(UTF_16LE)), "valid JSON"),
        forgery(
            "Latin-1",
            FileBytes.safeTensors("{\"\u00e9\":1}".getBytes(ISO_8859_1)),
            "must be valid UTF-8"),
        forgery(
            "overlong UTF-8",
            FileBytes.safeTensors("{\"\u00c0\u00af\":1}".getBytes(ISO_8859_1)),
            "must be valid UTF-8"),
        header("unclosed", "{", "valid JSON"),
        header("comment", "{/* */}", "valid JSON"),
        header("comma at the end", "{\"__metadata__\":{},}", "valid JSON"),
        header("second object", "{}{}", "then only spaces"),
        header("zero bytes as padding", "{}\0", "valid JSON"),
        header("deep nesting", "{\"a\":" + "[".repeat(5000), "'a': must be described"),
        header("lone surrogate", "{\"\\ud800\":{}}", "lone surrogates"),
        header("lone surrogate in text", "{\"__metadata__\":{\"a\":\"\\udc00\"}}", "surrogates"),
        header("metadata is a list", "{\"__metadata__\":[]}", "must map text to text"),
        header("metadata number", "{\"__metadata__\":{\"a\":1}}", "must map text to text"),
        header("metadata text", "{\"__metadata__\":\"a\"}", "must map text to text"),
        header("metadata of null", "{\"__metadata__\":{\"a\":null}}", "must map text to text"),
        header("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", "Duplicate"),
        header("metadata key twice", "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", "Duplicate"),
        header("tensor twice", "{\"a\":" + EMPTY + ",\"a\":" + EMPTY + "}", "Duplicate"),
        header("tensor twice, escaped", "{\"a\":" + EMPTY + ",\"\\u0061\":" + EMPTY + "}", "Dupl"));
  }

  static Stream<Arguments> descriptions() {
    return Stream.of(
        header("number", "{\"a\":1}", "'a': must be described by a JSON object"),
        header("no keys", "{\"a\":{}}", "'a': must have a dtype, a shape and two data_offsets"),
        tensor("no type", "\"shape\":[0],\"data_offsets\":[0,0]", "must have a dtype"),
        tensor("no shape", "\"dtype\":\"F32\",\"data_offsets\":[0,0]", "must have a dtype"),
        tensor("no offsets", "\"dtype\":\"F32\",\"shape\":[0]", "must have a dtype"),
        tensor("unknown key twice", "\"dtype\":\"F32\",\"a\":2,\"a\":2", "Duplicate"),
        header("unclosed unknown key", "{\"a\":{\"b\":[1", "valid JSON"),
        header("deep unknown key", "{\"a\":{\"b\":" + "[".repeat(5000), "valid JSON"),
        tensor("type twice", "\"dtype\":\"F32\",\"dtype\":\"F32\"", "Duplicate"),
        tensor(
            "lower-case type",
            "\"dtype\":\"f32\"",
            "dtype must be a name such as those of [F64, F32"),
        tensor("type is a number", "\"dtype\":32", "dtype must be a string"),
        shape("{}", "shape must be a list"),
        shape("[[1]]", "whole numbers"),
        shape("[1.0]", "whole numbers"),
        shape("[1e0]", "whole numbers"),
        shape("[\"1\"]", "whole numbers"),
        shape("[null]", "whole numbers"),
        shape("[-1]", "shape must not be negative, is [-1]"),
        shape("[-2,-2]", "shape must not be negative"),
        shape("[9223372036854775808]", "below 2^63"),
        shape("[" + "9".repeat(5000) + "]", "valid JSON"),
        shape("[4294967296,4294967296]", "fewer than 2^63 bytes"),
        shape("[2305843009213693952]", "fewer than 2^63 bytes"),
        shape("[4611686018427387904,4,0]", "fewer than 2^63 bytes"),
        shape("[0,4611686018427387904,4]", "fewer than 2^63 bytes"),
        shape("[" + "1,".repeat(32) + "1]", "at most 32"));
  }

  static Stream<Arguments> offsets() {
    return Stream.of(
        offsets("F32", "[1]", "[]", 4, "two data_offsets"),
        offsets("F32", "[1]", "[0]", 4, "two data_offsets"),
        offsets("F32", "[1]", "[0,4,4]", 4, "at most 2"),
        offsets("F32", "[1]", "[-4,0]", 4, "must not be negative"),
        offsets("F32", "[1]", "[4,0]", 4, "must ascend, are 4, 0"),
        offsets("F32", "[1]", "[0,3]", 3, "must span the 4 bytes of F32[1], span 3"),
        offsets("F32", "[2]", "[0,4]", 4, "must span the 8 bytes of F32[2], span 4"),
        offsets("F32", "[]", "[0,0]", 0, "must span the 4 bytes of F32[], span 0"),
        offsets("F32", "[0]", "[0,4]", 4, "must span the 0 bytes of F32[0], span 4"),
        offsets("F32", "[1]", "[0,9223372036854775807]", 4, "must span the 4 bytes"),
        offsets("F32", "[1]", "[4,8]", 8, "leaves a hole before it"),
        offsets("F32", "[1]", "[0,4]", 3, "must end within the 3 bytes of data, end at 4"),
        offsets("I8", "[1099511627776]", "[0,1099511627776]", 4, "must end within the 4 bytes"),
        offsets("F32", "[1]", "[0,4]", 5, "the last 1 bytes of the data belong to no tensor"),
        offsets("F32", "[0]", "[4,4]", 4, "leaves a hole before it"),
        offsets("BOOL", "[1]", "[0,1]", 1, "a BOOL must be 0 or 1, got 255"),
        twoTensors("[0,4]", "[0,4]", "overlaps the tensor before it"),
        twoTensors("[0,4]", "[3,7]", "overlaps the tensor before it"),
        twoTensors("[0,4]", "[5,9]", "leaves a hole before it"));
  }

  @Test
  void readsTheFileThatTheForgeriesStartFrom() throws IOException {
    TensorFile content = SafeTensors.read(Files.write(folder.resolve("valid"), VALID));
    assertThat(content.tensors()).containsOnlyKeys("a", "b");
  }

  @Test
  void refusesAFileCutAnywhere() throws IOException {
    for (int length = 0; length < VALID.length; length++) {
      Path path = Files.write(folder.resolve("cut"), Arrays.copyOf(VALID, length));
      assertThatThrownBy(() -> SafeTensors.read(path))
          .as("%d bytes", length)
          .isInstanceOf(MalformedTensorFileException.class);
    }
  }

  @Test
  void readsOrRefusesAFileWithAnyOneBitFlipped() throws IOException {
    for (int bit = 0; bit < VALID.length * 8; bit++) {
      byte[] flipped = VALID.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Path path = Files.write(folder.resolve("flipped"), flipped);
      try {
        TensorFile content = SafeTensors.read(path);
        // A type that became an unknown one is named.
        assertThat(content.types()).hasSize(2);
        assertThat(content.tensors().size() + content.unreadable().size()).isEqualTo(2);
      } catch (MalformedTensorFileException refused) {
        assertThat(refused).hasMessageStartingWith(path.toString());
      }
    }
  }

  @Test
  void shortensAndCleansNamesInMessages() throws IOException {
    String name = "x\\n".repeat(500);
    Path path = Files.write(folder.resolve("long"), FileBytes.safeTensors("{\"" + name + "\":1}"));
    assertThatThrownBy(() -> SafeTensors.read(path))
        .hasMessageContaining("tensor '" + "x?".repeat(100) + "...'")
        .hasMessageNotContaining("\n");
    String twice = ("\"" + name + "\":" + EMPTY + ",").repeat(2);
    Files.write(path, FileBytes.safeTensors("{" + twice + "}"));
    assertThatThrownBy(() -> SafeTensors.read(path))
        .hasMessageContaining("Duplicate")
        .hasMessageNotContaining("\n")
        .satisfies(refused -> assertThat(refused.getMessage().length()).isLessThan(1000));
  }

  private static final String EMPTY = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";

  private static Arguments forgery(String name, byte[] file, String rule) {
    return Arguments.of(Named.of(name, file), rule);
  }

  private static Arguments header(String name, String json, String rule) {
    return forgery(name, FileBytes.safeTensors(json), rule);
  }

  private static Arguments tensor(String name, String keys, String rule) {
    return header(name, "{\"a\":{" + keys + "}}", rule);
  }

  private static Arguments shape(String shape, String rule) {
    return tensor(
        "shape " + shape, "\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,0]", rule);
  }

  private static Arguments offsets(
      String type, String shape, String offsets, int dataLength, String rule) {
    byte[] data = new byte[dataLength];
    Arrays.fill(data, (byte) -1);
    String json =
        String.format(
            Locale.US,
            "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}",
            type,
            shape,
            offsets);
    return forgery(json, FileBytes.safeTensors(json, data), rule);
  }

  private static Arguments twoTensors(String first, String second, String rule) {
    String keys = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":";
    String json = "{\"a\":" + keys + first + "},\"b\":" + keys + second + "}}";
    return forgery(json, FileBytes.safeTensors(json, new byte[8]), rule);
  }
}
