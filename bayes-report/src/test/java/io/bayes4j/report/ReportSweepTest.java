package io.bayes4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.sweep.ArgumentSweep;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.sweep.LayersExamples;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** All of bayes-report, called with every wrong argument. */
final class ReportSweepTest {
  private static final int COUNT = 4;

  @Test
  void everyWrongArgumentIsNamedOrHasAMeaning() {
    ArgumentSweep sweep =
        new ArgumentSweep(Report.class, examples())
            .withEdges()
            .ofPackages("io.bayes4j.report")
            .without("*.write", "makes folders that are missing: see ClassificationReportTest")
            .allow(
                "*.curves(x) *|*.along(inputs) *|*.learnedFrom(*|Pictures.of(mean) *",
                "any finite number")
            .allow("*.history(epochs) empty|*.table(rows) empty", "nothing to show")
            .allow("Report.of(labels) element 0", "the first class")
            .allow("BoxPlots.quantile(share) 0", "the least number")
            .allow(
                "BoxPlots.quantile(numbers) one more|BoxPlots.quantile(numbers) element 0"
                    + "|BoxPlots.quantile(numbers) element -1|BoxPlots.quantile(numbers) element most",
                "any finite numbers, one or more")
            .allow("Pictures.of(images) content*", "black, or as light as can be shown")
            .run();

    assertThat(sweep.findings()).isEmpty();
    assertThat(sweep.triples()).as("calls with a wrong argument").isGreaterThan(100);
  }

  private static Map<String, Map<String, double[]>> groups() {
    return Map.of("severity 1", Map.of("SWAG", new double[] {1, 2}));
  }

  private static Prediction prediction() {
    return Examples.prediction(1, 3, COUNT, 2, 1);
  }

  private static RegressionPrediction regression() {
    return Examples.regression(1, 3, Examples.line(COUNT));
  }

  private static INDArray images() {
    return Noise.seeded(1).normals(COUNT, 1, 2, 2);
  }

  private static io.bayes4j.core.testing.sweep.Examples examples() {
    return LayersExamples.types()
        .put("Prediction", ReportSweepTest::prediction)
        .put("RegressionPrediction", ReportSweepTest::regression)
        .put("labels: int[]", () -> Examples.labels(COUNT, 2))
        .put("targets: INDArray", () -> Examples.sine(1, Examples.line(COUNT)))
        .put("images: INDArray", ReportSweepTest::images)
        .put("Pictures", () -> Pictures.of(images()))
        .put("Pictures.mean", () -> new double[] {0.5})
        .put("Pictures.deviation", () -> new double[] {0.5})
        .put("pixels: byte[]", () -> new byte[12])
        .put("Pictures.channels", () -> 3)
        .put("Pictures.height", () -> 2)
        .put("Pictures.width", () -> 2)
        .put("Report", () -> Report.of(prediction()))
        .put("ClassificationReport", () -> Report.of(prediction(), Examples.labels(COUNT, 2)))
        .put("RegressionReport", () -> Report.of(regression()))
        .put("OwnReport", Report::ofTables)
        .put("BoxPlots.quantile.numbers", () -> new double[] {1, 2, 4})
        .put("BoxPlots", () -> BoxPlots.of("ECE", groups()))
        .put("Map<String, Map<String, double[]>>", ReportSweepTest::groups)
        .put("classes: List<String>", () -> List.of("a", "b"))
        .put("names: List<String>", () -> List.of("CO2, ppm"))
        .put("columns: List<String>", () -> List.of("one", "two"))
        .put("List<List<String>>", () -> List.of(List.of("1", "2")))
        .put("Instant", () -> Instant.EPOCH)
        .put("x: double[]", () -> new double[] {1, 2})
        .put("Map<String, double[]>", () -> Map.of("curve", new double[] {1, 2}))
        .put("inputs: double[]", () -> Examples.line(COUNT))
        .put("values: double[]", () -> Examples.line(COUNT));
  }
}
