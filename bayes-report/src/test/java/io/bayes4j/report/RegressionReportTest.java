package io.bayes4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.uncertainty.RegressionEvaluator;
import io.bayes4j.layers.predict.RegressionPrediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

final class RegressionReportTest {
  private static final long MOST_BYTES = 1_000_000;
  private static final double[] X = Examples.line(500);
  private static final RegressionPrediction PREDICTION = Examples.regression(1, 6, X);
  private static final INDArray TARGETS = Examples.sine(2, X);

  @TempDir private Path temporary;

  private static RegressionReport full() {
    return Report.of(PREDICTION, TARGETS)
        .title("A noisy sine")
        .along(X, "time, s")
        .outputs(List.of("height, m"))
        .learnedFrom(new double[] {1, 2}, new double[] {0.8, 0.9})
        .compare("fewer draws", Examples.regression(3, 2, X))
        .history(Examples.history());
  }

  /** A page to look at, with a browser, in target/sample-report. */
  @Test
  void writesASampleToLookAt() throws IOException {
    assertThat(full().write(Path.of("target", "sample-report", "regression.html")))
        .isNotEmptyFile();
  }

  @Test
  void saysWhatTheEvaluatorSays() throws IOException {
    RegressionEvaluator evaluator =
        new RegressionEvaluator().add(PREDICTION.means(), PREDICTION.variances(), TARGETS);
    String page = full().html();

    double coverage = evaluator.scores().intervals().coverage();
    assertThat(coverage).isBetween(0.85, 0.97);
    assertThat(page)
        .contains("<strong>" + Numbers.share(coverage) + "</strong><span>of the truth lies in")
        .contains("<strong>" + Numbers.significant(evaluator.scores().rmse()) + "</strong>");
    JsonNode dots = charts(page).get(2).at("/series/0/points");
    double[] below = evaluator.sharesBelow();
    assertThat(dots).hasSize(below.length);
    for (int q = 0; q < below.length; q++) {
      assertThat(dots.get(q).get(1).asDouble()).isCloseTo(below[q], within(1e-6));
    }
  }

  @Test
  void aMillionExamplesAreNoLargerAPage() throws IOException {
    double[] x = Examples.line(1_000_000);
    INDArray targets = Examples.sine(2, x);

    Path file =
        Report.of(Examples.regression(1, 2, x), targets)
            .along(x, "x")
            .learnedFrom(x, targets.toDoubleVector())
            .compare("other draws", Examples.regression(3, 2, x))
            .write(temporary.resolve("million.html"));

    assertThat(Files.size(file)).isLessThan(MOST_BYTES);
    assertThat(file).content().contains("1,000,000 examples");
  }

  @Test
  void bandsAreTheIntervalsInTheOrderOfTheInputs() throws IOException {
    double[] backwards = new double[X.length];
    for (int i = 0; i < X.length; i++) {
      backwards[i] = -X[i];
    }
    JsonNode band =
        charts(Report.of(PREDICTION, TARGETS).along(backwards, "x").html())
            .get(0)
            .at("/series/0/points");

    var interval = PREDICTION.interval(0.9);
    JsonNode first = band.get(0);
    int last = X.length - 1;
    assertThat(first.get(0).asDouble()).isCloseTo(-X[last], within(1e-6));
    assertThat(first.get(1).asDouble())
        .isCloseTo(interval.lower().getDouble(last, 0), within(1e-6));
    assertThat(first.get(2).asDouble())
        .isCloseTo(interval.upper().getDouble(last, 0), within(1e-6));
    assertThat(band.get(band.size() - 1).get(0).asDouble()).isEqualTo(0);
  }

  @Test
  void withoutTargetsOrInputsItShowsTheBandsAlone() throws IOException {
    String page = Report.of(PREDICTION).html();

    assertThat(page).contains("nobody told the truth yet").doesNotContain("id=\"trust\"");
    assertThat(charts(page).findValuesAsText("id")).containsExactly("bands-0", "parts");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Report.of(PREDICTION, null))
        .withMessageContaining("targets must not be null");
  }

  @Test
  void severalOutputsHaveABandEach() throws IOException {
    RegressionPrediction three =
        new RegressionPrediction(
            Detached.reshape(Detached.copy(PREDICTION.means()), 6, 100, 5),
            Detached.reshape(Detached.copy(PREDICTION.variances()), 6, 100, 5));

    JsonNode charts =
        charts(Report.of(three, Detached.reshape(Detached.copy(TARGETS), 100, 5)).html());

    assertThat(charts.findValuesAsText("id"))
        .containsExactly(
            "bands-0", "bands-1", "bands-2", "bands-3", "parts", "quantiles", "errors");
    for (int output = 0; output < 4; output++) {
      JsonNode points = charts.get(output).at("/series/0/points");
      for (int i = 1; i < points.size(); i++) {
        assertThat(points.get(i).get(0).asDouble())
            .isGreaterThanOrEqualTo(points.get(i - 1).get(0).asDouble());
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    RegressionReport report = Report.of(PREDICTION, TARGETS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Report.of(PREDICTION, Examples.sine(1, 1, 2)))
        .withMessageContaining("targets must have shape [500, 1], got [2, 1]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.along(new double[3], "x"))
        .withMessageContaining("inputs must be one for each of 500 examples, got 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.learnedFrom(new double[3], new double[2]))
        .withMessageContaining("values must be one for each of 3 inputs, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.learnedFrom(new double[] {0, Double.NaN}, new double[] {0, 1}))
        .withMessageContaining("inputs must be finite, got NaN at 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.outputs(List.of("a", "b")))
        .withMessageContaining("names must be one for each of 1 outputs, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.compare("b", Examples.regression(1, 2, 1, 2)))
        .withMessageContaining("b must be about the same 500 examples and 1 outputs, got 2 and 1");
  }

  private static JsonNode charts(String page) throws IOException {
    return ClassificationReportTest.numbers(page).get("charts");
  }
}
