package io.bayes4j.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.examples.report.DigitReport.ReliabilityBin;
import io.bayes4j.examples.report.EntropyHistograms.Kind;
import io.bayes4j.examples.report.EntropyHistograms.Series;
import io.bayes4j.examples.report.GalleryItem.ClassProbability;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReportPartsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 %",
    "1, 100 %",
    "1.0000000001, 100 %",
    "0.989, 98.9 %",
    "0.9995, 99.95 %",
    "0.0004, 0.04 %",
    "0.99999, > 99.99 %",
    "0.00001, < 0.01 %",
    "NaN, n/a",
    "Infinity, n/a"
  })
  void neverRoundsAShareToAllOrNothing(double value, String expected) {
    assertThat(Numbers.share(value)).isEqualTo(expected.replace(" %", "\u202f%"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.04123, 0.0412",
    "1234.5, 1230",
    "0.0000123, 1.23e-05",
    "-2.5, -2.5",
    "NaN, n/a"
  })
  void keepsAtMostThreeSignificantDigits(double value, String expected) {
    assertThat(Numbers.significant(value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1234, 1.23 s", "192000, 3 min 12 s", "7380000, 2 h 3 min"})
  void saysATimeInItsLargestUnits(long millis, String expected) {
    assertThat(Numbers.duration(Duration.ofMillis(millis))).isEqualTo(expected);
  }

  @Test
  void jsonCannotEndItsScriptElementAndKeepsItsMeaning() throws Exception {
    String hostile = "</script><!-- & \u2028\u2029 \" é";
    DigitReport report = SampleReport.full();
    EntropyHistograms histograms =
        new EntropyHistograms(
            List.of(0.0, 1.0), List.of(new Series(hostile, Kind.FOREIGN, List.of(1L))));

    String json =
        new ChartData(List.of(), List.of(), List.of(), histograms, report.rule()).toJson();

    assertThat(json).doesNotContain("<", ">", "&", "\u2028", "\u2029", "é");
    assertThat(new ObjectMapper().readTree(json).at("/histograms/series/0/name").asText())
        .isEqualTo(hostile);
  }

  @Test
  void theIntervalOfABinIsWilsons() {
    // Nine of ten right: (0.5958, 0.9821), Newcombe's worked formula at z = 1.959964.
    ChartData.ReliabilityPoint point =
        ChartData.ReliabilityPoint.of(new ReliabilityBin(0.8, 0.9, 10, 0.85, 0.9));

    assertThat(point.lowest()).isCloseTo(0.5958, within(1e-4));
    assertThat(point.highest()).isCloseTo(0.9821, within(1e-4));
  }

  @ParameterizedTest
  @CsvSource({"0.95, too sure of itself", "0.90, fair", "0.80, too modest"})
  void judgesTheConfidence(double confidence, String verdict) {
    List<ReliabilityBin> bins =
        List.of(
            new ReliabilityBin(0, 0.5, 0, Double.NaN, Double.NaN),
            new ReliabilityBin(0.5, 1, 100, confidence, 0.9));

    assertThat(new Captions(SampleReport.withReliability(bins)).reliability())
        .isEqualTo(
            "It claims to be right %s of the time and is right %s of the time: %s",
            Numbers.share(confidence), Numbers.share(0.9), verdict);
  }

  @Test
  void escapesTextAndAttributes() {
    assertThat(new Html().element("p", "a<b & 'c'", "title", "\"x\"").toString())
        .isEqualTo("<p title=\"&quot;x&quot;\">a&lt;b &amp; &#39;c&#39;</p>");
  }

  @Test
  void anElementLeftOpenIsAnError() {
    Html open = new Html().open("p");

    assertThatIllegalStateException().isThrownBy(open::toString).withMessageContaining("[p]");
    assertThatIllegalStateException().isThrownBy(() -> new Html().close());
  }

  @Test
  void holesAndValuesMustMatch() {
    assertThat(Template.fill("{{a}} {{a}}", Map.of("a", "{{b}}$1\\")))
        .isEqualTo("{{b}}$1\\ {{b}}$1\\");
    assertThatIllegalStateException()
        .isThrownBy(() -> Template.fill("{{a}}", Map.of()))
        .withMessageContaining("{{a}}");
    assertThatIllegalStateException()
        .isThrownBy(() -> Template.fill("", Map.of("left", "x")))
        .withMessageContaining("[left]");
  }

  @Test
  void aPngKnowsItsSize() {
    Png png = Png.of(SamplePng.digit(8));

    assertThat(png.width()).isEqualTo(28);
    assertThat(png.height()).isEqualTo(28);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Png.of(new byte[30]))
        .withMessageContaining("must be a PNG file, got 30 bytes");
    assertThatIllegalArgumentException().isThrownBy(() -> Png.of(new byte[0]));
  }

  @Test
  void histogramsMustFitTheirEdges() {
    List<Series> oneBin = List.of(new Series("digits", Kind.DIGITS_RIGHT, List.of(3L)));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EntropyHistograms(List.of(0.0, 1.0, 2.0), oneBin))
        .withMessageContaining("counts of digits must hold 2 numbers, one per bin, got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EntropyHistograms(List.of(1.0, 1.0), oneBin))
        .withMessageContaining("ascend, got [1.0, 1.0]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EntropyHistograms(List.of(0.0), List.of()))
        .withMessageContaining("at least 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Series("digits", Kind.DIGITS_RIGHT, List.of(-1L)))
        .withMessageContaining(">= 0, got -1");
  }

  @Test
  void probabilitiesMustAscendAndTheAnswerBeAClass() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ClassProbability(0.5, 0.6, 0.7))
        .withMessageContaining("lower <= median <= upper");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ClassProbability(0.5, 0.4, 1.1))
        .withMessageContaining("upper must be in [0, 1], got 1.1");
    List<ClassProbability> one = List.of(new ClassProbability(1, 1, 1));
    Png image = Png.of(SamplePng.digit(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GalleryItem(image, Optional.empty(), OptionalInt.of(1), one, 0, 0))
        .withMessageContaining("answer must be a class in [0, 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new GalleryItem(image, Optional.empty(), OptionalInt.empty(), List.of(), 0, 0))
        .withMessageContaining("classes must not be empty");
  }
}
