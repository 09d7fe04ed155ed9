package io.bayes4j.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A short run of {@link ReaderFuzz} for each format. */
class ReaderFuzzTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "onnx, onnx, 400",
    "keras, h5, 120",
    "keras, keras, 60",
    "dl4j, zip, 100",
    "pytorch, pt, 200"
  })
  void changedFilesAreReadOrRefused(String format, String ending, int count) throws IOException {
    ReaderFuzz fuzz = new ReaderFuzz(cases(format), ending, folder);

    fuzz.run(0, count);

    Map<String, Long> outcomes = fuzz.outcomes();
    assertThat(outcomes.keySet())
        .contains("read", "malformed")
        .isSubsetOf("read", "malformed", "unsupported", "of no known format");
    assertThat(outcomes.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(count);
  }

  private Path cases(String format) throws IOException {
    if (!format.equals("pytorch")) {
      return Path.of(
              URI.create(ReaderFuzzTest.class.getResource("ReaderFuzzTest.class").toString()))
          .resolveSibling(format);
    }
    // Those are of another module, which may be an archive.
    Path copies = Files.createDirectory(folder.resolve(format));
    for (String name : List.of("layouts", "old", "two", "types", "types-legacy")) {
      String resource = "io/bayes4j/layers/io/torch/" + name + ".pt";
      try (InputStream in = ReaderFuzzTest.class.getClassLoader().getResourceAsStream(resource)) {
        Files.copy(in, copies.resolve(name + ".pt"));
      }
    }
    return copies;
  }
}
