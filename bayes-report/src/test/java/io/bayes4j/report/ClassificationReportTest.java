package io.bayes4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.OutOfDistribution;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.predict.Prediction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClassificationReportTest {
  private static final Pattern SCRIPT = Pattern.compile("(?s)<script[^>]*>.*?</script>");
  private static final int MOST_BYTES = 5 << 20;
  private static final Prediction PREDICTION = Examples.prediction(1, 5, 300, 3, 2);
  private static final int[] LABELS = Examples.labels(300, 3);
  private static final RefusalRule RULE = RefusalRule.predictiveEntropyBelow(0.8);

  @TempDir private Path temporary;

  private static ClassificationReport full() {
    Pictures pictures = Pictures.of(Noise.seeded(3).uniforms(300, 3, 20, 30));
    return Report.of(PREDICTION, LABELS)
        .title("Three kinds of flowers")
        .summary("300 flowers.")
        .examplesAre("flowers")
        .licence("CC0")
        .madeBy("examples/run flowers", Instant.parse("2026-01-02T03:04:05Z"))
        .classes(List.of("iris", "rose", "a rather long name"))
        .rule(RULE, "The limit was fixed beforehand.")
        .pictures(pictures)
        .against("noise", Examples.prediction(2, 5, 200, 3, 0))
        .against("weeds", Examples.prediction(3, 5, 300, 3, 1), pictures)
        .compare("before", Examples.prediction(4, 5, 300, 3, 1))
        .history(Examples.history())
        .curves(
            "More is better",
            "Higher is better.",
            "labels",
            new double[] {1, 2},
            "right",
            Map.of("BALD", new double[] {0.5, 0.75}))
        .fact("Seed", "1")
        .table("Layers", List.of("Layer", "Output"), List.of(List.of("0", "3")));
  }

  /** A page to look at, with a browser, in target/sample-report. */
  @Test
  void writesASampleToLookAt() throws IOException {
    assertThat(full().write(Path.of("target", "sample-report", "classification.html")))
        .isNotEmptyFile();
  }

  @Test
  void theHeadlineIsWhatTheRuleDoes() {
    var refusal = RULE.report(PREDICTION.rows(), LABELS);
    double accuracy = Calibration.accuracy(PREDICTION.mean(), LABELS);

    assertThat(refusal.coverage()).isBetween(0.3, 0.9);
    assertThat(full().html())
        .contains(strong(accuracy, "of the 300 flowers get the right answer"))
        .contains(strong(refusal.coverage(), "of them get an answer"))
        .contains(strong(refusal.accuracy(), "of those answers are right"));
  }

  private static String strong(double share, String words) {
    return "<strong>" + Numbers.share(share) + "</strong><span>" + words;
  }

  @Test
  void chartsHoldTheMeasuresOfTheToolkit() throws IOException {
    JsonNode numbers = numbers(full().html());

    var bins =
        Calibration.reliability(PREDICTION.mean(), LABELS, Calibration.DEFAULT_BINS).stream()
            .filter(bin -> bin.count() > 0)
            .toList();
    JsonNode dots = chart(numbers, "reliability").at("/series/0/points");
    assertThat(dots).hasSameSizeAs(bins);
    for (int i = 0; i < bins.size(); i++) {
      assertThat(dots.get(i).get(0).asDouble()).isCloseTo(bins.get(i).confidence(), within(1e-6));
      assertThat(dots.get(i).get(1).asDouble()).isCloseTo(bins.get(i).accuracy(), within(1e-6));
      assertThat(dots.get(i).get(2).asLong()).isEqualTo(bins.get(i).count());
    }
    JsonNode curve = chart(numbers, "risk-coverage").at("/series/0/points");
    JsonNode last = curve.get(curve.size() - 1);
    assertThat(last.get(0).asDouble()).isEqualTo(1);
    assertThat(last.get(1).asDouble())
        .isCloseTo(1 - Calibration.accuracy(PREDICTION.mean(), LABELS), within(1e-6));
  }

  @Test
  void stripsCountEveryExampleOnce() throws IOException {
    JsonNode strips = numbers(full().html()).get("strips");

    assertThat(strips.get("threshold").asDouble()).isCloseTo(0.8, within(1e-6));
    JsonNode sets = strips.get("sets");
    assertThat(sets.findValuesAsText("kind"))
        .containsExactly("right", "wrong", "foreign", "foreign");
    long right = sum(sets.get(0));
    assertThat(right / 300.0)
        .isCloseTo(Calibration.accuracy(PREDICTION.mean(), LABELS), within(1e-9));
    assertThat(right + sum(sets.get(1))).isEqualTo(300);
    assertThat(sum(sets.get(2))).isEqualTo(200);
  }

  private static long sum(JsonNode strip) {
    long sum = 0;
    for (JsonNode count : strip.get("counts")) {
      sum += count.asLong();
    }
    return sum;
  }

  @Test
  void tellsOtherDataApartAsTheToolkitDoes() {
    Prediction noise = Examples.prediction(2, 5, 200, 3, 0);
    double auroc =
        OutOfDistribution.auroc(
            PREDICTION.predictiveEntropy().toDoubleVector(),
            noise.predictiveEntropy().toDoubleVector());

    assertThat(full().html())
        .contains("<th scope=\"row\">noise</th><td>200</td>", "<td>" + Numbers.share(auroc));
  }

  @Test
  void confusionCountsTheRefused() {
    int[] decisions = PREDICTION.decide(RULE);
    int[] answers = PREDICTION.classes();
    long refused = Arrays.stream(decisions).filter(d -> d == RefusalRule.REFUSED).count();
    long roseForIris = 0;
    for (int i = 0; i < LABELS.length; i++) {
      if (decisions[i] == RefusalRule.REFUSED && LABELS[i] == 0 && answers[i] == 1) {
        roseForIris++;
      }
    }

    assertThat(full().html())
        .contains(refused + " of the flowers are refused.")
        .containsPattern(
            "scope=\"row\">iris</th><td[^>]*>\\d*</td><td class=\"miss[^>]*>"
                + roseForIris
                + "</td>");
  }

  /** As a browser would check them: nothing else may run or style the page. */
  @Test
  void thePolicyNamesTheHashOfEveryStyleAndScriptAndNothingInline() throws Exception {
    String page = full().html();
    Matcher policy =
        Pattern.compile("http-equiv=\"Content-Security-Policy\" content=\"(.*?)\"").matcher(page);
    assertThat(policy.find()).isTrue();
    assertThat(policy.group(1)).startsWith("default-src 'none'; ").doesNotContain("unsafe");
    Matcher embedded = Pattern.compile("(?s)<(style|script)>(.*?)</\\1>").matcher(page);
    int count = 0;
    while (embedded.find()) {
      byte[] content = embedded.group(2).getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      String hash = "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
      assertThat(policy.group(1)).containsPattern(embedded.group(1) + "-src [^;]*\\Q" + hash);
      count++;
    }
    assertThat(count).isEqualTo(3);
    assertThat(embedded.replaceAll("")).doesNotContainPattern("<[^>]*\\s(style|on\\w+)=");
    assertThatIllegalStateException()
        .isThrownBy(() -> ContentPolicy.allowing(List.of("a\r\n"), List.of()))
        .withMessageContaining("carriage return");
  }

  @Test
  void loadsNothing() {
    String markup =
        SCRIPT.matcher(full().html()).replaceAll("").replace(Resources.ofReport("report.css"), "");

    assertThat(markup).doesNotContain("http:", "https:", "@import", "url(");
    assertThat(Resources.ofReport("report.css")).doesNotContain("http", "@import", "url(");
    assertThat(Resources.ofReport("report.js")).doesNotContain("http", "fetch(", "import(");
    assertThat(Resources.chartLibrary()).doesNotContain("sourceMappingURL");
    Matcher sources = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(markup);
    assertThat(sources.results().map(found -> found.group(1)))
        .isNotEmpty()
        .allMatch(source -> source.startsWith("data:") || source.startsWith("#"));
  }

  @Test
  void everyChartHasACanvasAndItsNumbersAsATable() throws IOException {
    String page = full().html();

    JsonNode charts = numbers(page).get("charts");
    assertThat(charts.findValuesAsText("id"))
        .contains("reliability", "risk-coverage", "comparison-risk-coverage", "loss", "curves-1")
        .contains("figure-accuracy", "figure-nll", "learning-rate")
        .doesNotHaveDuplicates();
    for (JsonNode chart : charts) {
      String figure = between(page, "id=\"" + chart.get("id").asText() + "\"", "</figure>");
      assertThat(figure).contains("<details><summary>The numbers</summary>", "<td>");
    }
  }

  private static String between(String page, String from, String to) {
    int start = page.indexOf(from);
    assertThat(start).as(from).isPositive();
    return page.substring(start, page.indexOf(to, start));
  }

  @Test
  void escapesEveryWordOfTheUser() {
    String hostile = "</script><img src=x onerror=\"a('b')\"> & {{json}} $1";

    String page =
        Report.of(PREDICTION, LABELS)
            .title(hostile)
            .summary(hostile)
            .examplesAre(hostile)
            .licence(hostile)
            .madeBy(hostile, Instant.EPOCH)
            .classes(List.of(hostile, "b", "c"))
            .rule(RULE, hostile)
            .against(hostile, PREDICTION, Pictures.of(Noise.seeded(1).uniforms(300, 1, 2, 2)))
            .compare(hostile, PREDICTION)
            .fact(hostile, hostile)
            .table(hostile, List.of(hostile), List.of(List.of(hostile)))
            .html();

    String escaped =
        "&lt;/script&gt;&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt; &amp; {{json}} $1";
    assertThat(page).contains("<title>" + escaped + "</title>", "<h1>" + escaped + "</h1>");
    assertThat(page).doesNotContain("<img src=x", "onerror=\"");
    assertThat(Pattern.compile("</script>").matcher(page).results()).hasSize(3);
  }

  @Test
  void equalReportsGiveEqualPages() {
    assertThat(full().html()).isEqualTo(full().html());
  }

  @Test
  void aPredictionWithoutLabelsShowsWhatItIsUnsureOf() throws IOException {
    String page = Report.of(PREDICTION).against("noise", PREDICTION).html();

    assertThat(page).contains("nobody told what they are").doesNotContain("id=\"reliability\"");
    assertThat(numbers(page).at("/strips/sets/0/kind").asText()).isEqualTo("unknown");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Report.of(PREDICTION, null))
        .withMessageContainingAll("labels must not be null", "Report.of(prediction)");
  }

  @Test
  void labelsOfOneClassAreAReportToo() {
    assertThat(Report.of(PREDICTION, new int[300]).html()).contains("id=\"reliability\"");
  }

  @Test
  void oneExampleAndOneDrawAreAReportToo() {
    String page = Report.of(Examples.prediction(1, 1, 1, 2, 0), new int[1]).html();

    assertThat(page).doesNotContain("What is different about this model");
    assertThat(SCRIPT.matcher(page).replaceAll("")).doesNotContain("NaN");
  }

  @Test
  void aThousandClassesShowTheMostProbable() {
    Prediction many = Examples.prediction(1, 2, 1000, 1000, 3);

    String page =
        Report.of(many, Examples.labels(1000, 1000))
            .pictures(Pictures.of(new byte[1000 * 3 * 400 * 300], 3, 300, 400))
            .html();

    assertThat(page.length()).isLessThan(MOST_BYTES);
    assertThat(page).contains("width=\"112\" height=\"84\"", "It would have said");
  }

  @Test
  void aMillionExamplesAreNoLargerAPage() throws IOException {
    int count = 1_000_000;
    Pictures pictures = Pictures.of(new byte[count * 4], 1, 2, 2);

    Path file =
        Report.of(Examples.prediction(1, 2, count, 2, 1), Examples.labels(count, 2))
            .pictures(pictures)
            .against("others", Examples.prediction(2, 2, count, 2, 0), pictures)
            .write(temporary.resolve("million.html"));

    assertThat(Files.size(file)).isLessThan(MOST_BYTES / 5);
    assertThat(file).content().contains("of the 1,000,000 examples");
  }

  @ParameterizedTest
  @ValueSource(ints = {299, 301})
  void labelsMustBeOnePerExample(int count) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Report.of(PREDICTION, new int[count]))
        .withMessageContaining("labels must be one for each of 300 examples, got " + count);
  }

  @Test
  void refusesWhatDoesNotFit() {
    ClassificationReport report = Report.of(PREDICTION, LABELS);
    int[] wrong = LABELS.clone();
    wrong[7] = 3;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Report.of(PREDICTION, wrong))
        .withMessageContaining("labels must be in [0, 3), got 3 at 7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.against("noise", Examples.prediction(1, 2, 10, 4, 0)))
        .withMessageContaining("noise must have 3 classes, got 4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.compare("before", Examples.prediction(1, 2, 10, 3, 0)))
        .withMessageContaining("before must be about the same 300 examples, got 10");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.pictures(Pictures.of(new byte[4], 1, 2, 2)))
        .withMessageContaining("images must be one for each of 300 examples, got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.classes(List.of("a", "b")))
        .withMessageContaining("classes must be one for each of 3 classes, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.classes(List.of("a", "b", "a")))
        .withMessageContaining("classes must differ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> report.table("t", List.of("a"), List.of(List.of("b", "c"))))
        .withMessageContaining("rows must have 1 cells each, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                report.curves(
                    "h", "c", "x", new double[2], "y", Map.of("one", new double[] {1, 2, 3})))
        .withMessageContaining("curve one must have 2 numbers, got 3");
    assertThatIllegalArgumentException().isThrownBy(() -> report.title(" "));
  }

  @Test
  void replacesAnOlderReport() throws IOException {
    Path file = temporary.resolve("a/report.html");
    Report.of(PREDICTION, LABELS).title("The older one").write(file);
    Report.of(PREDICTION, LABELS).title("The newer one").write(file);

    assertThat(file).content().contains("<h1>The newer one</h1>");
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aFolderInPlaceOfTheFileIsLeftAlone() {
    assertThatIOException()
        .isThrownBy(() -> Report.of(PREDICTION, LABELS).write(temporary))
        .withMessageContainingAll("file must be a file", temporary.toString());
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aFolderBelowAFileIsAnError() throws IOException {
    Path taken = Files.writeString(temporary.resolve("file"), "mine");

    assertThatIOException()
        .isThrownBy(() -> Report.of(PREDICTION, LABELS).write(taken.resolve("report.html")))
        .withMessageContaining("cannot write the report to " + taken.resolve("report.html"));
    assertThat(taken).hasContent("mine");
  }

  @Test
  void namesTheChartLibraryThatItEmbeds() {
    String version = Resources.chartVersion();

    assertThat(full().html())
        .contains(
            String.format(Locale.US, "Charts: Chart.js %s, MIT", version),
            "* Chart.js v" + version);
  }

  private static JsonNode chart(JsonNode numbers, String id) {
    for (JsonNode chart : numbers.get("charts")) {
      if (chart.get("id").asText().equals(id)) {
        return chart;
      }
    }
    throw new AssertionError("no chart " + id);
  }

  static JsonNode numbers(String page) throws IOException {
    return new ObjectMapper()
        .readTree(
            between(page, "<script type=\"application/json\" id=\"numbers\">", "</script>")
                .replaceFirst("<script[^>]*>", ""));
  }
}
