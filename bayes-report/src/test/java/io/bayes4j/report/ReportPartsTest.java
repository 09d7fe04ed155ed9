package io.bayes4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.uncertainty.ReliabilityBin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    Strips strips =
        new Strips(
            List.of(0.0, 1.0),
            Double.NaN,
            List.of(new Strips.Strip(hostile, Strips.Kind.FOREIGN, List.of(1L))));

    String json = ChartNumbers.of(List.of(), Optional.of(strips), "examples");

    assertThat(json).doesNotContain("<", ">", "&", "\u2028", "\u2029", "é");
    JsonNode read = new ObjectMapper().readTree(json);
    assertThat(read.at("/strips/sets/0/name").asText()).isEqualTo(hostile);
    assertThat(read.at("/strips/threshold").isNull()).isTrue();
  }

  @Test
  void theIntervalOfAShareIsWilsons() {
    // Nine of ten right: (0.5958, 0.9821), Newcombe's worked formula at z = 1.959964.
    double[] range = ScoreInterval.of(0.9, 10);

    assertThat(range[0]).isCloseTo(0.5958, within(1e-4));
    assertThat(range[1]).isCloseTo(0.9821, within(1e-4));
  }

  @Test
  void thinsToEvenlySpacedWithBothEnds() {
    assertThat(Thinned.of(3, 5)).containsExactly(0, 1, 2);
    assertThat(Thinned.of(1_000_001, 5)).containsExactly(0, 250_000, 500_000, 750_000, 1_000_000);
  }

  @ParameterizedTest
  @CsvSource({"0.95, too sure of itself", "0.90, fair", "0.80, too modest"})
  void judgesTheConfidence(double confidence, String verdict) {
    List<ReliabilityBin> bins =
        List.of(
            new ReliabilityBin(0, 0.5, 0, Double.NaN, Double.NaN),
            new ReliabilityBin(0.5, 1, 100, confidence, 0.9));

    assertThat(TrustSection.heading(bins.stream().filter(bin -> bin.count() > 0).toList()))
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
}
