package io.bayes4j.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.examples.Main;
import io.bayes4j.examples.data.DataOptions;
import io.bayes4j.examples.data.DigitData;
import io.bayes4j.examples.data.LoadedData;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The commands that compare: posteriors with each other, and learning task after task. */
class StudiesTest {
  @TempDir static Path cache;
  private static LoadedData digits;

  /** What a command line came to. */
  private record Run(int exit, String out, String err) {
    List<String> lines(String word) {
      return out.lines().filter(line -> line.contains(word)).toList();
    }
  }

  private static Run run(String command, String... more) {
    List<String> words = new ArrayList<>(List.of("mnist", command, "--offline", "--cache"));
    words.add(cache.toString());
    words.addAll(Arrays.asList(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.run(new PrintWriter(out), new PrintWriter(err), words.toArray(String[]::new));
    return new Run(exit, out.toString(), err.toString());
  }

  @BeforeAll
  static void load() throws IOException {
    digits = DigitData.find(DataOptions.defaults().withOffline(true).withCache(cache));
  }

  @Test
  void everyPosteriorHasALine() {
    Run run = run("compare", "--limit", "150", "--epochs", "1", "--samples", "3");
    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    for (String name :
        List.of(
            "deterministic",
            "MC dropout",
            "last-layer Laplace, full",
            "last-layer Laplace, kronecker",
            "last-layer Laplace, diagonal",
            "ensemble of 5",
            "SWAG",
            "75 % pruned")) {
      assertThat(run.lines(name)).hasSize(1);
    }
    for (String estimator : List.of("reparameterization", "flipout", "local reparameterization")) {
      assertThat(run.out()).containsPattern("(?m)^" + estimator + " +3 +\\d+\\.\\d\\d %");
    }
  }

  @Test
  void aPriorThatRemembersForgetsLess() {
    Run run = run("continual", "--shared-outputs", "--epochs", "3");
    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    double[] forgotten =
        run.lines("forgotten").stream()
            .mapToDouble(line -> Double.parseDouble(line.replaceAll(".* (-?[0-9.]+) points", "$1")))
            .toArray();
    assertThat(forgotten).hasSize(3);
    assertThat(forgotten[2]).isLessThan(forgotten[0]).isLessThan(forgotten[1]);
  }

  @Test
  void tasksArePairsOfDigitsWithOutputsOfTheirOwn() {
    List<DigitTask> tasks = DigitTask.split(digits, digits.test(), false);
    assertThat(tasks).extracting(DigitTask::name).startsWith("0 or 1", "2 or 3").hasSize(5);
    assertThat(tasks.stream().mapToInt(task -> task.train().size()).sum())
        .isEqualTo(digits.train().size());
    assertThat(tasks).extracting(DigitTask::output).containsExactly(0L, 2L, 4L, 6L, 8L);
    assertThat(DigitTask.split(digits, digits.test(), true))
        .extracting(DigitTask::output)
        .containsOnly(0L);
    for (DigitTask task : tasks) {
      assertThat(task.answers()).contains(0, 1).hasSize((int) task.questions().size(0));
    }
  }

  @Test
  void aTaskSeesAndMovesItsOwnOutputsAlone() {
    DigitTask task = DigitTask.split(digits, digits.test(), false).get(1);
    Var y = Var.leaf(Noise.seeded(1).normals(4, 10));
    INDArray targets = Nd4j.createFromArray(0f, 1f, 1f, 0f);
    INDArray g = Gradients.of(task.loss().of(y, targets)).get(y);
    for (int k = 0; k < 10; k++) {
      assertThat(g.getColumn(k).norm1Number().doubleValue() > 0).isEqualTo(k == 2 || k == 3);
    }
    INDArray seen = task.of(x -> y.value().reshape(1, 4, 10)).outputs(targets);
    assertThat(seen.shape()).containsExactly(1, 4, 2);
    assertThat(seen.getDouble(0, 3, 1)).isEqualTo(y.value().getDouble(3, 3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "compare --epochs 0|--epochs must be > 0, got 0",
        "compare --samples 0|--samples must be > 0, got 0",
        "compare --limit -1|--limit must be > 0, got -1",
        "continual --epochs 0|--epochs must be > 0, got 0",
        "continual --prior-sigma 0|--prior-sigma must be finite and > 0, got 0.0"
      })
  void wrongNumbersAreNamedBeforeAnyWork(String row) {
    String[] parts = row.split("\\|", -1);
    String[] words = parts[0].split(" ", -1);
    Run run = run(words[0], words[1], words[2]);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(parts[1]);
  }
}
