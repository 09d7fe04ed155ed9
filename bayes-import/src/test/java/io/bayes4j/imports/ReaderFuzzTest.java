package io.bayes4j.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A short run of {@link ReaderFuzz} for each format. */
class ReaderFuzzTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"onnx, onnx, 400", "keras, h5, 120", "keras, keras, 60", "dl4j, zip, 100"})
  void changedFilesAreReadOrRefused(String format, String ending, int count) throws IOException {
    Path cases =
        Path.of(URI.create(ReaderFuzzTest.class.getResource("ReaderFuzzTest.class").toString()))
            .resolveSibling(format);
    ReaderFuzz fuzz = new ReaderFuzz(cases, ending, folder);

    fuzz.run(0, count);

    Map<String, Long> outcomes = fuzz.outcomes();
    assertThat(outcomes.keySet())
        .contains("read", "malformed")
        .isSubsetOf("read", "malformed", "unsupported", "of no known format");
    assertThat(outcomes.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(count);
  }
}
