package io.bayes4j.examples.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HtmlReportTest {
  private static final Pattern NUMBERS =
      Pattern.compile("<script type=\"application/json\" id=\"numbers\">(.*?)</script>");
  private static final Pattern SCRIPT = Pattern.compile("(?s)<script>.*?</script>");

  @TempDir private Path temporary;

  @Test
  void writesOneSmallFileIntoANewFolder() throws IOException {
    Path folder = temporary.resolve("a").resolve("report");

    Path file = HtmlReport.write(SampleReport.full(), folder);

    assertThat(file).isEqualTo(folder.resolve("index.html"));
    assertThat(files(folder)).containsExactly(file);
    assertThat(Files.size(file)).isBetween(200_000L, 2_000_000L);
    assertThat(file).content().isEqualTo(HtmlReport.render(SampleReport.full()));
  }

  /** Leaves a page to look at, with a browser, in target/sample-report. */
  @Test
  void writesASampleToLookAt() throws IOException {
    Path file = HtmlReport.write(SampleReport.full(), Path.of("target", "sample-report"));

    assertThat(file).isNotEmptyFile();
  }

  /** As a browser would check them: nothing else may run or style the page. */
  @Test
  void thePolicyNamesTheHashOfEveryStyleAndScriptAndNothingInline() throws Exception {
    Matcher policy =
        Pattern.compile("http-equiv=\"Content-Security-Policy\" content=\"(.*?)\"").matcher(page());
    assertThat(policy.find()).isTrue();
    assertThat(policy.group(1)).startsWith("default-src 'none'; ").doesNotContain("unsafe");
    Matcher embedded = Pattern.compile("(?s)<(style|script)>(.*?)</\\1>").matcher(page());
    int count = 0;
    while (embedded.find()) {
      byte[] content = embedded.group(2).getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      String hash = "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
      assertThat(policy.group(1)).containsPattern(embedded.group(1) + "-src [^;]*\\Q" + hash);
      count++;
    }
    assertThat(count).isEqualTo(3);
    String markup = embedded.replaceAll("");
    assertThat(markup).doesNotContainPattern("<[^>]*\\s(style|on\\w+)=");
    assertThatIllegalStateException()
        .isThrownBy(() -> ContentPolicy.allowing(List.of("a\r\n"), List.of()))
        .withMessageContaining("carriage return");
  }

  @Test
  void replacesAnOlderReport() throws IOException {
    HtmlReport.write(SampleReport.empty(), temporary);
    HtmlReport.write(SampleReport.withTitle("The newer one"), temporary);

    assertThat(temporary.resolve("index.html")).content().contains("<h1>The newer one</h1>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"results", "idea", "gallery", "refusal", "trust", "training", "facts", "words"})
  void hasTheSection(String section) {
    assertThat(page()).contains("<section id=\"" + section + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "histograms",
        "risk-coverage",
        "reliability",
        "loss",
        "misfit",
        "accuracy",
        "learning-rate"
      })
  void everyChartHasAPlaceAndAScriptThatFillsIt(String chart) {
    assertThat(page()).contains("id=\"" + chart + "\"");
    assertThat(Resources.ofReport("report.js")).contains("element(\"" + chart + "\")");
  }

  @Test
  void saysTheHeadlineInWords() {
    assertThat(page())
        .contains("<strong>98.9\u202f%</strong><span>of the 10,000 test digits are read correctly")
        .contains("<strong>94.1\u202f%</strong><span>of them get an answer")
        .contains("<strong>99.8\u202f%</strong><span>of those answers are right")
        .contains("<strong>97.3\u202f%</strong><span>of images of white noise are refused");
  }

  @Test
  void loadsNothing() {
    String markup =
        SCRIPT.matcher(page()).replaceAll("").replace(Resources.ofReport("report.css"), "");

    assertThat(markup).doesNotContain("http:", "https:", "@import", "url(");
    assertThat(Resources.ofReport("report.css")).doesNotContain("http", "@import", "url(");
    assertThat(Resources.ofReport("report.js")).doesNotContain("http", "fetch(", "import(");
    assertThat(Resources.chartLibrary()).doesNotContain("sourceMappingURL");
    assertThat(markup).contains("default-src 'none'");
    Matcher sources = Pattern.compile("(?:src|href)=\"([^\"]*)\"").matcher(markup);
    assertThat(sources.results().map(found -> found.group(1)))
        .isNotEmpty()
        .allMatch(source -> source.startsWith("data:") || source.startsWith("#"));
  }

  @Test
  void namesTheChartLibraryThatItEmbeds() {
    String version = Resources.chartVersion();

    assertThat(page()).contains("Charts: Chart.js " + version, "* Chart.js v" + version);
  }

  @Test
  void escapesWords() {
    String hostile = "</script><img src=x onerror=\"a('b')\"> & {{json}} $1";

    String page = HtmlReport.render(SampleReport.withTitle(hostile));

    String escaped =
        "&lt;/script&gt;&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt; &amp; {{json}} $1";
    assertThat(page).contains("<title>" + escaped + "</title>", "<h1>" + escaped + "</h1>");
    assertThat(page).doesNotContain("onerror=\"");
  }

  @Test
  void embedsTheNumbersOfTheCharts() throws IOException {
    JsonNode numbers = numbers(page());

    assertThat(numbers.at("/history/9/number").asInt()).isEqualTo(10);
    assertThat(numbers.at("/rule/threshold").asDouble()).isEqualTo(0.62);
    assertThat(numbers.at("/histograms/series/1/kind").asText()).isEqualTo("DIGITS_WRONG");
    assertThat(numbers.at("/riskCoverage")).hasSize(60);
    assertThat(numbers.at("/reliability")).as("bins that hold digits").hasSize(9);
  }

  @Test
  void equalReportsGiveEqualPages() {
    assertThat(HtmlReport.render(SampleReport.full())).isEqualTo(page());
  }

  @Test
  void aReportWithoutMeasuresSaysSo() throws IOException {
    String page = HtmlReport.render(SampleReport.empty());

    assertThat(page)
        .contains("There is none to show.", "No such images were shown.", "Nothing was recorded.")
        .contains(
            "No training was recorded", "No confidence was recorded", "No refusal was recorded")
        .contains("<strong>n/a</strong>");
    assertThat(SCRIPT.matcher(page).replaceAll("")).doesNotContain("NaN");
    assertThat(numbers(page).at("/rule/threshold").isNull()).isTrue();
  }

  @Test
  void aFileInPlaceOfTheFolderIsLeftAlone() throws IOException {
    Path taken = Files.writeString(temporary.resolve("report"), "mine");

    assertThatIOException()
        .isThrownBy(() -> HtmlReport.write(SampleReport.empty(), taken))
        .withMessageContainingAll(taken.toString(), "needs a folder");
    assertThat(taken).hasContent("mine");
  }

  @Test
  void aFailedWriteLeavesNothingBehind() throws IOException {
    Path inTheWay = Files.createDirectory(temporary.resolve("index.html"));

    assertThatIOException()
        .isThrownBy(() -> HtmlReport.write(SampleReport.empty(), temporary))
        .withMessageContaining("cannot write the report to " + inTheWay);
    assertThat(files(temporary)).containsExactly(inTheWay);
    assertThat(inTheWay).isEmptyDirectory();
  }

  @Test
  void aFolderBelowAFileIsAnError() throws IOException {
    Path taken = Files.writeString(temporary.resolve("file"), "mine");

    assertThatIOException()
        .isThrownBy(() -> HtmlReport.write(SampleReport.empty(), taken.resolve("report")))
        .withMessageContaining("cannot write the report to " + taken.resolve("report"));
  }

  @Test
  void galleryCardsShowImageAnswerAndIntervals() {
    String wrong =
        GallerySection.of(
            List.of(
                SampleReport.item(SamplePng.digit(4), Optional.of("4"), OptionalInt.of(3), 0.5)));

    assertThat(wrong)
        .contains("src=\"data:image/png;base64,iVBORw0KGgo", "alt=\"Image of 4\"")
        .contains("3 (50.0\u202f%)", "✗ wrong: it is 4")
        .contains("class=\"actual\">4</text>");
    assertThat(Pattern.compile("class=\"whisker\"").matcher(wrong).results()).hasSize(10);
  }

  @Test
  void intervalsTooSmallToSeeAreNotDrawn() {
    String sure =
        GallerySection.of(
            List.of(
                SampleReport.item(SamplePng.digit(4), Optional.of("4"), OptionalInt.of(4), 0.999)));

    assertThat(Pattern.compile("class=\"whisker\"").matcher(sure).results()).hasSize(1);
  }

  @Test
  void aRefusedImageOfUnknownContentSaysBoth() {
    String refused =
        GallerySection.of(
            List.of(
                SampleReport.item(SamplePng.noise(1), Optional.empty(), OptionalInt.empty(), 0.2)));

    assertThat(refused).contains("“I don’t know”", "nobody knows what it is", "unknown content");
  }

  private static String page() {
    return HtmlReport.render(SampleReport.full());
  }

  private static JsonNode numbers(String page) throws IOException {
    Matcher matcher = NUMBERS.matcher(page);
    assertThat(matcher.find()).isTrue();
    return JsonMapper.builder().build().readTree(matcher.group(1));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}
