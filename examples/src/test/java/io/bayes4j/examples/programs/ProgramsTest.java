package io.bayes4j.examples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.examples.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each program with little effort: it runs, and its page says what it is about. */
final class ProgramsTest {
  @TempDir private Path folder;

  /** What a command line came to. */
  private record Run(int exit, String out, String err) {}

  private Run run(String name, String... more) {
    List<String> words = new ArrayList<>(List.of(name, "--report", folder.toString()));
    words.addAll(Arrays.asList(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.run(new PrintWriter(out), new PrintWriter(err), words.toArray(String[]::new));
    return new Run(exit, out.toString(), err.toString());
  }

  private String page(String program, String page, String effort) throws IOException {
    Run run = run(program, "--effort", effort);
    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("Report:  " + folder.resolve(page));
    return Files.readString(folder.resolve(page));
  }

  @Test
  void regression() throws IOException {
    assertThat(page("regression", "sine.html", "0.01"))
        .contains("A noisy sine with a gap", "after 500 points from the gap", "What new data");
    assertThat(folder.resolve("co2.html")).content().contains("CO2, ppm", "522 weeks");
  }

  @Test
  void rangesHoldTheTruthWhereThereWereDataAndInTheGap() {
    Run run = run("regression", "--effort", "0.5");
    String[] sine = run.out().split("Sine: ranges of 90 % hold ", 2);
    String[] filled = run.out().split("filled: ranges of 90 % hold ", 2);

    assertThat(number(run.out(), "Sine: ranges of 90 % hold ")).isBetween(80.0, 99.0);
    assertThat(number(sine[1], "data, ")).isGreaterThan(85);
    assertThat(number(run.out(), "filled: ranges of 90 % hold ")).isBetween(80.0, 99.0);
    assertThat(number(filled[1], "data, ")).isGreaterThan(85);
    assertThat(number(run.out(), "CO2: ranges of 90 % hold ")).isGreaterThan(60);
  }

  @Test
  void triageGainsByReferral() throws IOException {
    Run run = run("triage", "--effort", "0.2");
    assertThat(run.out()).contains("219 tumours: ");
    assertThat(folder.resolve("triage.html"))
        .content()
        .contains("malignant", "share referred", "CC BY 4.0");
    double all = number(run.out(), "tumours: ");
    double rest = number(run.out(), "referred, ");
    assertThat(all).isGreaterThan(90);
    assertThat(rest).isGreaterThanOrEqualTo(all);
  }

  private static double number(String text, String before) {
    return Double.parseDouble(text.split(before, 2)[1].split(" ", 2)[0]);
  }

  @Test
  void shift() throws IOException {
    assertThat(page("shift", "shift.html", "0.1"))
        .contains("plain network", "digits, fog 5", "clothes", "white noise", "mean ECE");
  }

  @Test
  void segmentation() throws IOException {
    assertThat(page("segmentation", "segmentation.html", "0.02"))
        .contains("scenes with a striped ball", "Where it knows", "nearness of the object");
  }

  @Test
  void active() throws IOException {
    assertThat(page("active", "active.html", "0.03"))
        .contains("asking where the networks disagree (BALD)", "asked at random");
  }

  @Test
  void fusionFollowsTheSensorThatKnows() throws IOException {
    Run run = run("fusion", "--effort", "0.3");
    assertThat(run.err()).isEmpty();
    assertThat(folder.resolve("fusion.html"))
        .content()
        .contains("radar alone", "plain average", "Who does not know");
    double radar = Double.parseDouble(run.out().split("radar ", 2)[1].split(",", 2)[0]);
    double average = Double.parseDouble(run.out().split("average ", 2)[1].split(",", 2)[0]);
    double fused = Double.parseDouble(run.out().split("refused ", 2)[1].split("\n", 2)[0]);
    assertThat(fused).isLessThan(radar).isLessThan(average);
  }

  @Test
  void whoAvoidsTheWorstSkidsLess() throws IOException {
    Run run = run("actions", "--effort", "0.2");
    assertThat(run.err()).isEmpty();
    assertThat(folder.resolve("actions.html"))
        .content()
        .contains("skids in 1,000 bends", "mean of the worst tenth");
    double mean = number(run.out().split("greatest mean", 2)[1], "km/h, ");
    double bound = number(run.out().split("less one deviation", 2)[1], "km/h, ");
    double worst = number(run.out().split("worst tenth", 2)[1], "km/h, ");
    assertThat(bound).isLessThan(mean);
    assertThat(worst).isLessThan(mean);
  }

  @Test
  void wrongOptionsAreNamedBeforeAnyWork() throws IOException {
    assertThat(run("triage", "--effort", "0").err())
        .contains("--effort must be in (0, 10], got 0.0");
    Path file = Files.writeString(folder.resolve("file"), "mine");
    assertThat(run("triage", "--report", file.toString()).err())
        .contains("--report must be a folder", file.toString());
  }
}
