package io.bayes4j.imports.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.UnsupportedModelException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of Keras that are damaged, or say what cannot be. */
final class KerasForgedTest {
  /** Signature of an entry of a ZIP file's directory, and where it says where the entry begins. */
  private static final int ENTRY = 0x02014b50;

  private static final int PLACE = 42;

  @TempDir private Path folder;

  private static Path original(String name) {
    return Path.of(URI.create(KerasForgedTest.class.getResource(name).toString()));
  }

  private AbstractThrowableAssert<?, ?> refused(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("forged.keras"), content);
    return assertThatThrownBy(() -> ModelFile.read(file)).hasMessageStartingWith(file.toString());
  }

  /** What mutation found (ADR 46): entries that lie beyond the end were an error without a name. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void entriesBeyondTheEndAreNamed(int number) throws IOException {
    byte[] bytes = Files.readAllBytes(original("mnist.keras"));
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int at = -1;
    for (int i = 0; i <= number; i++) {
      at++;
      while (buffer.getInt(at) != ENTRY) {
        at++;
      }
    }
    buffer.putInt(at + PLACE, bytes.length - 5);

    refused(bytes)
        .isInstanceOf(MalformedModelFileException.class)
        .hasMessageContaining("must be a readable ZIP file");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.9, 0.999})
  void cutArchivesAreNamed(double kept) throws IOException {
    byte[] bytes = Files.readAllBytes(original("mnist.keras"));

    refused(Arrays.copyOf(bytes, (int) (kept * bytes.length)))
        .isInstanceOf(MalformedModelFileException.class);
  }

  private byte[] described(String name, UnaryOperator<String> change) throws IOException {
    Path file = folder.resolve("changed.keras");
    try (ZipFile zip = new ZipFile(original(name).toFile());
        OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream out = new ZipOutputStream(stream)) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        try (InputStream in = zip.getInputStream(entry)) {
          byte[] content = in.readAllBytes();
          boolean config = entry.getName().equals("config.json");
          String text = config ? new String(content, StandardCharsets.UTF_8) : "";
          String changed = config ? change.apply(text) : "";
          assertThat(config && changed.equals(text)).as("nothing to change").isFalse();
          out.write(config ? changed.getBytes(StandardCharsets.UTF_8) : content);
        }
      }
    }
    return Files.readAllBytes(file);
  }

  /** Numbers of 8 bits mean nothing without their scale. */
  @Test
  void bytesOfALayerThatIsNotQuantizedAreRefused() throws IOException {
    refused(
            described(
                "int8.keras",
                text ->
                    text.replace("QuantizedDTypePolicy", "DTypePolicy")
                        .replace("\"mode\": \"int8\"", "\"name\": \"float32\"")))
        .isInstanceOf(MalformedModelFileException.class)
        .hasMessageContaining("weights must be floats, are of 8 bits");
  }

  @Test
  void otherQuantizationIsRefusedByName() throws IOException {
    refused(
            described(
                "int8.keras", text -> text.replace("\"mode\": \"int8\"", "\"mode\": \"int4\"")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("weights quantized as int4");
  }

  /** A layer of floats that claims to be quantized has no scale. */
  @Test
  void floatsThatClaimToBeBytesAreRefused() throws IOException {
    refused(
            described(
                "embedding.keras",
                text -> text.replace("\"name\": \"float32\"", "\"mode\": \"int8\"")))
        .isInstanceOf(MalformedModelFileException.class)
        .hasMessageContaining("8-bit weights must be a matrix of bytes");
  }

  @Test
  void masksAreRefusedByName() throws IOException {
    refused(
            described(
                "embedding.keras",
                text -> text.replace("\"mask_zero\": false", "\"mask_zero\": true")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("mask_zero");
  }

  @Test
  void causalAttentionIsRefusedByName() throws IOException {
    refused(
            described(
                "attention.keras",
                text -> text.replace("\"kwargs\": {}", "\"kwargs\": {\"use_causal_mask\": true}")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("MultiHeadAttention")
        .hasMessageContaining("use_causal_mask");
  }

  /** A dense layer with the second input of a sum would silently leave it out. */
  @Test
  void moreInputsThanALayerReadsAreRefused() throws IOException {
    refused(
            described(
                "sum-inputs.keras",
                text -> text.replace("\"class_name\": \"Add\"", "\"class_name\": \"ReLU\"")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("reads 2 arrays");
  }

  @Test
  void arraysGivenByOtherNamesAreRefused() throws IOException {
    refused(
            described(
                "attention.keras", text -> text.replace("\"key\": {", "\"attention_mask\": {")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("attention_mask");
  }

  /** An array within an object would otherwise be left out without a word. */
  @Test
  void arraysWithinObjectsAreFound() throws IOException {
    String tensor =
        "{\"class_name\": \"__keras_tensor__\", \"config\": {\"keras_history\": [\"input_layer_43\","
            + " 0, 0]}}";
    refused(
            described(
                "attention.keras",
                text ->
                    text.replace(
                        "\"kwargs\": {}",
                        "\"kwargs\": {\"attention_mask\": {\"a\": " + tensor + "}}")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("attention_mask");
    refused(
            described(
                "attention.keras",
                text -> text.replace("\"args\": []", "\"args\": [{\"a\": " + tensor + "}]")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("by names");
  }

  /** It was given the first input. */
  @Test
  void aLayerThatReadsNothingAndIsNoInputIsRefused() throws IOException {
    refused(
            described(
                "sum-inputs.keras",
                text ->
                    text.replace(
                        "[[\"input_layer_49\", 0, 0], [\"input_layer_48\", 0, 0]]",
                        "[[\"input_layer_49\", 0, 0], [\"add_3\", 0, 0]]")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("\"input_layer_48\" reads no other layer");
  }
}
