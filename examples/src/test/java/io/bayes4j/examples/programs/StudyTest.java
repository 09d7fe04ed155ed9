package io.bayes4j.examples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.examples.Main;
import io.bayes4j.examples.cifar.Augmented;
import io.bayes4j.examples.data.CifarFiles;
import io.bayes4j.examples.data.DataOptions;
import io.bayes4j.layers.train.Dataset;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudyTest {
  private static final int SETS = 1 + 75 + 2; // clean, corrupted, clothes and white noise

  @TempDir private Path folder;

  private final StringWriter errors = new StringWriter();

  private String run(String rows, String... more) {
    StringWriter out = new StringWriter();
    List<String> words =
        new ArrayList<>(
            List.of("study", "mnist", "--offline", "--cache", folder.resolve("none").toString()));
    words.addAll(List.of("--train", "128", "--images", "12", "--draws", "2", "--effort", "0.2"));
    words.addAll(List.of("--report", folder.toString(), "--rows", rows));
    words.addAll(Arrays.asList(more));
    Main.run(new PrintWriter(out), new PrintWriter(errors), words.toArray(String[]::new));
    return out.toString();
  }

  @Test
  void doesEveryRowOnceAndGoesOnWhereItStopped() throws IOException {
    assertThat(run("deterministic")).contains("deterministic  ", "clean: accuracy");
    assertThat(errors.toString()).isEmpty();
    List<String> first = Files.readAllLines(folder.resolve("study-mnist.jsonl"));
    assertThat(first).hasSize(SETS);

    String all = run("deterministic,temperature,last-layer Laplace");

    assertThat(errors.toString()).isEmpty();
    assertThat(all)
        .contains("temperature  ", "last-layer Laplace")
        .doesNotContain("deterministic ");
    List<String> rows = Files.readAllLines(folder.resolve("study-mnist.jsonl"));
    assertThat(rows).hasSize(3 * SETS).startsWith(first.toArray(String[]::new));
    assertThat(Files.readString(folder.resolve("study-mnist.html")))
        .contains("<svg", "temperature", "median ECE at severity");
    assertThat(Files.readString(folder.resolve("study-mnist.md")))
        .contains("| temperature |", "temperature beats deterministic in ECE on ");
    for (String measure : List.of("ece", "uce", "accuracy")) {
      assertThat(Files.readString(folder.resolve("study-mnist-" + measure + ".svg")))
          .contains("fill=\"#ffffff\"", "2 temperature", "severity 5");
    }

    assertThat(run("deterministic", "--seed", "2")).contains("deterministic  ");
    assertThat(Files.readAllLines(folder.resolve("study-mnist.jsonl"))).hasSize(4 * SETS);
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    run("deterministic,magic");
    assertThat(errors.toString()).contains("--rows must be of [deterministic, temperature, ");
    Files.writeString(folder.resolve("study-mnist.jsonl"), "{\"row\": 3");
    run("deterministic");
    assertThat(errors.toString()).contains("study-mnist.jsonl: must be lines of JSON");
  }

  /** Rows of augmented images depended on which rows had been trained before them. */
  @Test
  void everyTrainingBeginsWithTheFirstEpochsImages() throws IOException {
    CifarFiles.write(folder, 8);
    Path weights = Files.write(folder.resolve("weights"), new byte[] {1, 2, 3});
    DataOptions options = DataOptions.defaults().withDirectory(folder);
    StudyTask.Extent extent = new StudyTask.Extent(40, 2);
    StudyTask task = StudyTask.cifar(options, weights, extent, 1, Precision.F32);
    Dataset trained = task.train();
    ((Augmented) trained).restoring(Map.of(), 4).run();

    assertThat(task.train().batch(3, 5).inputs()).isNotEqualTo(trained.batch(3, 5).inputs());
    assertThat(task.train().batch(3, 5).inputs()).isEqualTo(task.train().batch(3, 5).inputs());
    assertThat(task.train().size()).isEqualTo(40);
    String identity = task.identity();
    assertThat(StudyTask.cifar(options, weights, extent, 1, Precision.F32).identity())
        .isEqualTo(identity);
    Files.write(weights, new byte[] {1, 2, 4});
    assertThat(task.identity()).isNotEqualTo(identity);
  }
}
