package io.bayes4j.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.examples.Main;
import io.bayes4j.examples.data.DataOptions;
import io.bayes4j.examples.data.DigitData;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.PngImages;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MnistCommandTest {
  @TempDir static Path folder;
  private static Run training;

  /** What a command line came to. */
  private record Run(int exit, String out, String err) {}

  private static Run run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Run(exit, out.toString(), err.toString());
  }

  private static Run mnist(String... words) {
    List<String> all = new ArrayList<>(List.of("mnist"));
    all.addAll(Arrays.asList(words));
    return run(all.toArray(String[]::new));
  }

  private static Run train(Path report, Path checkpoint, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("--offline", "--cache", folder.resolve("cache").toString(), "--model", "mlp"));
    words.addAll(List.of("--limit", "200", "--epochs", "2", "--samples", "5"));
    words.addAll(List.of("--report", report.toString(), "--checkpoint", checkpoint.toString()));
    words.addAll(Arrays.asList(more));
    return mnist(words.toArray(String[]::new));
  }

  private static Path checkpoint() {
    return folder.resolve("mnist.safetensors");
  }

  @BeforeAll
  static void trainOnce() {
    training = train(folder.resolve("report"), checkpoint());
  }

  private static String line(String text, String start) {
    return text.lines().filter(l -> l.startsWith(start)).findFirst().orElseThrow();
  }

  @Test
  void theVersionIsTheBuilds() {
    assertThat(run("--version").out().strip()).matches("Bayes4J examples \\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void trainingWritesANetworkAndAReportAndNothingElse() throws IOException {
    assertThat(training.err()).isEmpty();
    assertThat(training.exit()).isZero();
    assertThat(training.out()).contains("bundled", "epoch 2/2", "clothes", "white noise");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .contains("mnist.safetensors", "mnist.training.safetensors", "report")
          .noneMatch(name -> name.endsWith("part") || name.contains("tmp"));
    }
    assertThat(folder.resolve("report/index.html")).content().contains("know", "white noise");
  }

  @Test
  void aStoredNetworkGivesTheSameFigures() {
    Run evaluation =
        mnist(
            "evaluate",
            "--offline",
            "--cache",
            folder.resolve("cache").toString(),
            "--checkpoint",
            checkpoint().toString());
    assertThat(evaluation.exit()).isZero();
    for (String start : List.of("Test digits", "clothes", "white noise", "It answers")) {
      assertThat(line(evaluation.out(), start)).isEqualTo(line(training.out(), start));
    }
  }

  @Test
  void aQuantizedNetworkReadsAsTheFloatOneDoes() throws IOException {
    Path int8 = folder.resolve("int8.safetensors");
    Run run =
        mnist(
            "ptq",
            "--offline",
            "--cache",
            folder.resolve("cache").toString(),
            "--range",
            "PERCENTILE",
            "--checkpoint",
            checkpoint().toString(),
            "--int8",
            int8.toString(),
            "--report",
            folder.resolve("int8.html").toString());
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains("quantized 1 Linear").contains("Float: ").contains("8-bit");
    List<String> tests = run.out().lines().filter(l -> l.startsWith("Test digits")).toList();
    assertThat(tests).hasSize(2);
    Run floats =
        mnist(
            "evaluate",
            "--offline",
            "--precision",
            "F32",
            "--cache",
            folder.resolve("cache").toString(),
            "--checkpoint",
            checkpoint().toString());
    assertThat(tests.get(0)).isEqualTo(line(floats.out(), "Test digits"));
    Matcher[] accuracies = new Matcher[2];
    for (int i = 0; i < 2; i++) {
      accuracies[i] = Pattern.compile("accuracy ([\\d.]+) %").matcher(tests.get(i));
      assertThat(accuracies[i].find()).isTrue();
    }
    assertThat(Double.parseDouble(accuracies[1].group(1)))
        .isCloseTo(Double.parseDouble(accuracies[0].group(1)), within(2.0));
    assertThat((double) Files.size(int8) / Files.size(checkpoint())).isLessThan(0.27);
    assertThat(folder.resolve("int8.html"))
        .content()
        .contains("8-bit integers beside floats", "Mean entropy before and after", "clothes");
  }

  @Test
  void predictsFromPngFiles() throws IOException {
    ImageSet digits =
        DigitData.find(DataOptions.defaults().withOffline(true).withCache(folder.resolve("cache")))
            .test();
    Path png = folder.resolve("digit.png");
    Files.write(png, PngImages.toPng(digits.pixels(0), digits.height(), digits.width()));
    Run prediction = mnist("predict", png.toString(), "--checkpoint", checkpoint().toString());
    assertThat(prediction.exit()).isZero();
    assertThat(prediction.out().lines()).hasSize(4);
    assertThat(prediction.out())
        .containsPattern("digit.png: (\\d|I don't know) ")
        .contains("90 % of the networks");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--epochs 0|--epochs must be > 0, got 0",
        "--coverage 1.5|--coverage must be in (0, 1], got 1.5",
        "--prior-sigma -1|--prior-sigma must be finite and > 0, got -1.0",
        "--samples 0|--samples must be > 0, got 0",
        "--limit 0|--limit must be > 0, got 0",
        "--threads 0|threads must be from 1",
        "--data /nowhere/at/all|/nowhere/at/all"
      })
  void wrongNumbersAreNamedBeforeAnyWork(String row) {
    String[] parts = row.split("\\|", -1);
    Path untouched = folder.resolve("untouched.safetensors");
    Run run = train(folder.resolve("other"), untouched, parts[0].split(" ", -1));
    assertThat(run.exit()).isNotZero();
    assertThat(run.err()).contains(parts[1]);
    assertThat(untouched).doesNotExist();
  }

  @Test
  void foldersThatCannotBeWrittenAreNamedBeforeAnyWork() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Run report = train(file, folder.resolve("never.safetensors"));
    assertThat(report.exit()).isEqualTo(1);
    assertThat(report.err()).contains("--report", file.toString());
    Run asFolder = train(folder.resolve("report"), folder);
    assertThat(asFolder.err()).contains("--checkpoint must be a file");
    assertThat(folder.resolve("never.safetensors")).doesNotExist();
    assertThat(file).hasContent("x");
  }

  @Test
  void otherFilesAreNoNetworks() throws IOException {
    Path truncated = folder.resolve("truncated.safetensors");
    Files.write(truncated, Arrays.copyOf(Files.readAllBytes(checkpoint()), 5000));
    Path foreign = folder.resolve("foreign.safetensors");
    LayerFactory plain = LayerFactory.deterministic(Init.seeded(1));
    Checkpoint.save(Zoo.mlp(plain, 4, 2), foreign, Map.of());
    for (Path file : List.of(truncated, foreign, folder.resolve("missing"))) {
      Run run = mnist("evaluate", "--offline", "--checkpoint", file.toString());
      assertThat(run.exit()).isEqualTo(1);
      assertThat(run.err()).startsWith("error: ").contains(file.toString());
      assertThat(run.err().lines()).hasSize(1);
    }
    Run noPng = mnist("predict", foreign.toString(), "--checkpoint", checkpoint().toString());
    assertThat(noPng.err()).startsWith("error: ").contains("PNG");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mnist",
        "mnist train",
        "mnist evaluate",
        "mnist predict",
        "mnist ptq",
        "mnist compare",
        "mnist continual"
      })
  void everyCommandHasHelp(String command) {
    List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.removeIf(String::isEmpty);
    words.add("--help");
    Run help = run(words.toArray(String[]::new));
    assertThat(help.exit()).isZero();
    assertThat(help.out()).contains("Usage:");
  }

  @Test
  void anUnknownOptionIsAnErrorWithUsage() {
    Run run = mnist("--epoch", "3");
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("--epoch");
  }
}
