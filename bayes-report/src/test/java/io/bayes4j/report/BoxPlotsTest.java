package io.bayes4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BoxPlotsTest {
  @ParameterizedTest
  @CsvSource({"0, 1", "0.25, 1.75", "0.5, 3", "0.75, 5.5", "1, 10"})
  void quartilesAreThoseOfNumPy(double share, double expected) {
    // numpy.percentile([1, 2, 4, 10], [0, 25, 50, 75, 100])
    assertThat(BoxPlots.quantile(share, 4, 10, 1, 2)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void drawsABoxBetweenTheQuartilesAndALineAtTheMedian() {
    BoxPlots plots =
        BoxPlots.of("ECE", Map.of("severity 1", Map.of("a < b", new double[] {10, 2, 1, 4})));
    String svg = plots.svg();
    // Ten is at the top, y = 14, and zero at 314.
    assertThat(svg)
        .contains("y=\"149.0\"", "height=\"112.5\"") // 5.5 to 1.75
        .contains("y1=\"224.0\"") // 3
        .contains("y1=\"284.0\"", "y2=\"14.0\"") // 1 to 10
        .contains("a &lt; b")
        .doesNotContain("a < b");
    String page = Report.ofTables().boxes("heading", "caption", plots).html();
    assertThat(page).contains(svg, "<figcaption>caption", "<td>1.75</td><td>3</td><td>5.5</td>");
  }

  @Test
  void theAxisReachesDownToNegativeNumbers() {
    String svg = BoxPlots.of("gain", Map.of("a", Map.of("b", new double[] {-5, 5}))).svg();
    // From -6 to 6 in steps of two: -5 is a twelfth above the bottom.
    assertThat(svg).contains("y1=\"289.0\"", "y2=\"39.0\"", ">-6<", ">-4<", ">0<", ">6<");
  }

  @ParameterizedTest
  @CsvSource({"0.493, >0.5<, >0.1<", "0.988, >1<, >0.2<", "7, >8<, >2<", "1200, >1250<, >250<"})
  void theAxisHasRoundNumbers(double most, String top, String step) {
    String svg = BoxPlots.of("ECE", Map.of("a", Map.of("b", new double[] {most}))).svg();
    assertThat(svg).contains(top, step, ">0<");
  }

  @Test
  void everyRowOfTheLegendIsInThePicture() {
    Map<String, double[]> boxes = new LinkedHashMap<>();
    for (int i = 0; i < 7; i++) {
      boxes.put("name " + i, new double[] {1});
    }
    // Three names a row: the third row is at 414.
    assertThat(BoxPlots.of("ECE", Map.of("a", boxes)).svg())
        .contains("0 0 960 444", "y=\"414.0\"", ">7 name 6<");
  }

  /** Nine colours are too many to tell apart for some, and for all in grey print. */
  @Test
  void severalBoxesBearTheNumbersOfTheLegend() {
    Map<String, double[]> two = new LinkedHashMap<>();
    two.put("plain", new double[] {1});
    two.put("drawn", new double[] {2});
    String svg = BoxPlots.of("ECE", Map.of("group", two)).svg();
    assertThat(svg).contains(">1<", ">2<", ">1 plain<", ">2 drawn<", "font-size=\"10\"");
    assertThat(BoxPlots.of("ECE", Map.of("group", Map.of("plain", new double[] {1}))).svg())
        .contains(">plain<")
        .doesNotContain("font-size=\"10\"");
  }

  @Test
  void aFileIsDarkOnWhiteAndHasASize() {
    BoxPlots plots = BoxPlots.of("ECE", Map.of("a", Map.of("b", new double[] {1})));
    assertThat(plots.svgFile())
        .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
        .contains("width=\"960\" height=\"394\"", "fill=\"#ffffff\"")
        .doesNotContain("currentColor");
    assertThat(plots.svg()).contains("currentColor").doesNotContain("#ffffff");
  }

  @Test
  void tablesAloneHaveNoEmptyBoxOfFacts() {
    BoxPlots plots = BoxPlots.of("ECE", Map.of("a", Map.of("b", new double[] {1})));
    assertThat(Report.ofTables().boxes("heading", "caption", plots).html())
        .doesNotContain("id=\"facts\"");
    assertThat(
            Report.ofTables()
                .table("numbers", List.of("a", "b"), List.of(List.of("1", "2")))
                .html())
        .contains("id=\"facts\"", ">Tables<")
        .doesNotContain(">Facts<");
  }

  @Test
  void saysWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BoxPlots.of("ECE", Map.of()))
        .withMessageContaining("groups must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BoxPlots.of("ECE", Map.of("a", Map.of("b", new double[0]))))
        .withMessageContaining("box b of group a must hold a number");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BoxPlots.of("ECE", Map.of("a", Map.of("b", new double[] {Double.NaN}))))
        .withMessageContaining("must be finite, got NaN");
  }
}
