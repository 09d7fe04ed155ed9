package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FileKindTest {
  private static final Linear MODEL = new Linear(2, 1, Init.seeded(1));

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.pt|zip:model/data.pkl|read it with TorchStateDict.read",
        "model.bin|zip:archive/data.pkl|read it with TorchStateDict.read",
        "model.pth|80028a0a6cfc9c46f9206aa850|read it with TorchStateDict.read",
        "arrays.npz|zip:x.npy|NpyFiles.readNpz",
        "x.npy|934e554d505901007600|NpyFiles.readNpy",
        "model.keras|zip:metadata.json|is a Keras archive",
        "any.zip|zip:readme.txt|is a ZIP archive",
        "weights.h5|894844460d0a1a0a00000000|is an HDF5 file",
        "model.onnx|08071207|is an ONNX model",
        "x.json|text:{\"weight_map\": {}}|is JSON text",
        "x.json|202020202020202020207b7d|is JSON text",
        "model.safetensors.index.json|text:{\"weight_map\": {}}|read it with TorchStateDict.read",
        "page.html|text:<!DOCTYPE html>|is a web page",
        "model.safetensors|text:version https://git-lfs.github.com/spec/v1|git lfs pull",
        "model.safetensors|1f8b0800000000000003|gzip",
        "model.safetensors|text:|is empty"
      })
  void filesOfOtherKindsAreNamed(String name, String content, String words) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, bytes(content == null ? "text:" : content));

    assertThatThrownBy(() -> Checkpoint.load(MODEL, file)).hasMessageContaining(words);
    assertThatThrownBy(() -> SafeTensors.read(file))
        .isInstanceOf(MalformedTensorFileException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(words);
    if (!name.endsWith(".npz") && !words.contains("TorchStateDict")) {
      assertThatThrownBy(() -> TorchStateDict.load(MODEL, file)).hasMessageContaining(words);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.pth", "model.safetensors", "arrays.npz", "no-ending"})
  void aFileThatIsNotThereIsSaidToBeMissing(String name) {
    Path file = folder.resolve(name);
    List<ThrowingCallable> readers =
        List.of(
            () -> TorchStateDict.read(file),
            () -> TorchStateDict.load(MODEL, file),
            () -> SafeTensors.read(file),
            () -> Checkpoint.load(MODEL, file),
            () -> NpyFiles.readNpy(file),
            () -> NpyFiles.readNpz(file));

    assertThat(readers)
        .allSatisfy(
            reader ->
                assertThatThrownBy(reader)
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessage(file + ": there is no such file"));
  }

  @Test
  void readersOfArraysKnowOtherFilesToo() throws IOException {
    Path model = folder.resolve("model.safetensors");
    Checkpoint.save(MODEL, model);
    Path torch = folder.resolve("model.pt");
    Files.write(torch, bytes("zip:model/data.pkl"));

    assertThatThrownBy(() -> NpyFiles.readNpy(model)).hasMessageContaining("SafeTensors.read");
    assertThatThrownBy(() -> NpyFiles.readNpz(model)).hasMessageContaining("SafeTensors.read");
    assertThatThrownBy(() -> NpyFiles.readNpz(torch)).hasMessageContaining("TorchStateDict.read");
  }

  private static byte[] bytes(String content) throws IOException {
    if (content.startsWith("text:")) {
      return content.substring("text:".length()).getBytes(StandardCharsets.UTF_8);
    }
    if (content.startsWith("zip:")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
        zip.putNextEntry(new ZipEntry(content.substring("zip:".length())));
        zip.write(1);
        zip.closeEntry();
      }
      return bytes.toByteArray();
    }
    return HexFormat.of().parseHex(content);
  }
}
