package io.bayes4j.imports.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A short run of {@link OnnxFuzz}. */
final class OnnxFuzzTest {
  @Test
  void changedFilesAreReadOrRefused() throws IOException {
    OnnxFuzz fuzz = new OnnxFuzz(1);

    fuzz.run(500);

    assertThat(fuzz.read() + fuzz.refused()).isEqualTo(500);
    assertThat(fuzz.read()).as("changes that leave a right model").isGreaterThan(20);
    assertThat(fuzz.refused()).as("changes that do not").isGreaterThan(200);
  }
}
