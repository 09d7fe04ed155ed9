package io.bayes4j.examples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.examples.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UciTest {
  @TempDir private Path folder;

  private final StringWriter errors = new StringWriter();

  @BeforeEach
  void writeALine() throws IOException {
    Path set = Files.createDirectories(folder.resolve("line/data"));
    List<String> rows =
        IntStream.range(0, 60)
            .mapToObj(i -> String.format(Locale.ROOT, "%d %d %.2f", i, i * i % 7, 0.5 * i))
            .collect(Collectors.toList());
    rows.add("");
    Files.write(set.resolve("data.txt"), rows);
    Files.writeString(set.resolve("index_features.txt"), "0\n1\n");
    Files.writeString(set.resolve("index_target.txt"), "2\n");
    for (int split = 0; split < 2; split++) {
      int own = split;
      Files.write(
          set.resolve("index_test_" + split + ".txt"),
          IntStream.range(0, 30).mapToObj(i -> Integer.toString(2 * i + own)).toList());
      Files.write(
          set.resolve("index_train_" + split + ".txt"),
          IntStream.range(0, 30).mapToObj(i -> Integer.toString(2 * i + 1 - own)).toList());
    }
  }

  private String run(String... more) {
    StringWriter out = new StringWriter();
    List<String> words =
        new ArrayList<>(
            List.of(
                "uci",
                "--data",
                folder.toString(),
                "--sets",
                "line",
                "--effort",
                "0.02",
                "--results",
                folder.resolve("out/uci.tsv").toString()));
    words.addAll(List.of(more));
    Main.run(new PrintWriter(out), new PrintWriter(errors), words.toArray(String[]::new));
    return out.toString();
  }

  @Test
  void learnsEverySplitOnceAndGoesOnWhereItStopped() throws IOException {
    assertThat(run("--splits", "1")).contains("line VI, 1 splits: RMSE").doesNotContain("split 1,");
    String all = run();
    assertThat(errors.toString()).isEmpty();
    assertThat(all)
        .contains("line VI, split 1, ", "line ENSEMBLE, 2 splits: RMSE ", " +- ")
        .doesNotContain("split 0,", "NaN");
    assertThat(Files.readAllLines(folder.resolve("out/uci.tsv"))).hasSize(4);
    // The targets have a deviation of 8.7.
    assertThat(rmse(all)).isLessThan(4);
    assertThat(run()).doesNotContain("split 1,").contains("line VI, 2 splits");
  }

  @Test
  void takesTheRecipeThatIsAskedFor() {
    assertThat(run("--splits", "1", "--ways", "VI", "--recipes", "tanh"))
        .contains("line VI, split 0, tanh: RMSE ");
    run("--recipes", "best");
    assertThat(errors.toString()).contains("--recipes must name one of VI's, got [best]");
  }

  private static double rmse(String text) {
    return Double.parseDouble(text.split("ENSEMBLE, 2 splits: RMSE ", -1)[1].split(" ", -1)[0]);
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    Files.writeString(folder.resolve("line/data/index_target.txt"), "3");
    run();
    assertThat(errors.toString())
        .contains("index_target.txt: numbers must be whole and in [0, 3), got 3.0");
  }
}
