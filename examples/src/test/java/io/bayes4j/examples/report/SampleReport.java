package io.bayes4j.examples.report;

import io.bayes4j.examples.report.DigitReport.Epoch;
import io.bayes4j.examples.report.DigitReport.ForeignSet;
import io.bayes4j.examples.report.DigitReport.Gallery;
import io.bayes4j.examples.report.DigitReport.Layer;
import io.bayes4j.examples.report.DigitReport.ReliabilityBin;
import io.bayes4j.examples.report.DigitReport.RiskCoveragePoint;
import io.bayes4j.examples.report.DigitReport.Version;
import io.bayes4j.examples.report.EntropyHistograms.Kind;
import io.bayes4j.examples.report.EntropyHistograms.Series;
import io.bayes4j.examples.report.GalleryItem.ClassProbability;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Reports with invented numbers of a realistic size. */
final class SampleReport {
  static final Gallery NO_IMAGES = new Gallery(0.9, List.of(), List.of(), List.of(), List.of());
  private static final int CLASSES = 10;
  private static final int BINS = 24;
  private static final double WIDEST = 2.4;

  private SampleReport() {}

  /** A report with every part filled. */
  static DigitReport full() {
    return with("How well does it read digits?", tenBins(), gallery());
  }

  static DigitReport withTitle(String title) {
    return with(title, tenBins(), NO_IMAGES);
  }

  static DigitReport withReliability(List<ReliabilityBin> bins) {
    return with("Reliability", bins, NO_IMAGES);
  }

  private static DigitReport with(String title, List<ReliabilityBin> bins, Gallery gallery) {
    return new DigitReport(
        title,
        new DigitReport.Data(
            "It learned from 55,000 handwritten digits of MNIST, was watched on 5,000 and tested"
                + " on 10,000 others.",
            "MNIST by Y. LeCun and C. Cortes, CC BY-SA 3.0; Fashion-MNIST by Zalando, MIT"),
        model(),
        IntStream.rangeClosed(1, 10).mapToObj(SampleReport::epoch).toList(),
        new DigitReport.Scores(10_000, 0.9891, 0.0412, 0.0171, 0.0063, 0.0972, 0.0218),
        bins,
        IntStream.rangeClosed(1, 60).mapToObj(SampleReport::point).toList(),
        histograms(),
        List.of(
            new ForeignSet("white noise", 2_000, 1.523, 0.973, 0.9961, 0.9978),
            new ForeignSet("clothes", 10_000, 1.114, 0.882, 0.9713, 0.9844)),
        rule(),
        gallery,
        new DigitReport.Origin(
            "0.1.0", "examples/run mnist --epochs 10", Instant.parse("2026-11-21T10:15:30Z")));
  }

  /** A report of a run that measured nothing. */
  static DigitReport empty() {
    double nothing = Double.NaN;
    return new DigitReport(
        "Nothing",
        new DigitReport.Data("No data.", "none"),
        new DigitReport.Model(
            "none", List.of(), 0, "none", "none", 0, 1, Duration.ZERO, Duration.ZERO, List.of()),
        List.of(),
        new DigitReport.Scores(0, nothing, nothing, nothing, nothing, nothing, nothing),
        List.of(),
        List.of(),
        new EntropyHistograms(List.of(0.0, 1.0), List.of()),
        List.of(),
        new DigitReport.RefusalRule("None.", nothing, "Not chosen.", nothing, nothing, nothing),
        NO_IMAGES,
        new DigitReport.Origin("0.1.0", "none", Instant.EPOCH));
  }

  /** An image whose probabilities peak at the answer, or at 3 if it is refused. */
  static GalleryItem item(byte[] image, Optional<String> truth, OptionalInt answer, double sure) {
    return new GalleryItem(
        Png.of(image),
        truth,
        answer,
        classes(answer.orElse(3), sure),
        2.3 * (1 - sure),
        0.4 * (1 - sure));
  }

  private static GalleryItem digit(int truth, OptionalInt answer, double sure) {
    return item(SamplePng.digit(truth), Optional.of(String.valueOf(truth)), answer, sure);
  }

  private static DigitReport.Model model() {
    return new DigitReport.Model(
        "LeNet with Bayesian layers",
        List.of(
            new Layer("conv1", "Bayesian convolution 5 × 5, ReLU", "6 × 28 × 28", 312),
            new Layer("pool1", "maximum of 2 × 2", "6 × 14 × 14", 0),
            new Layer("conv2", "Bayesian convolution 5 × 5, ReLU", "16 × 10 × 10", 4_832),
            new Layer("pool2", "maximum of 2 × 2", "16 × 5 × 5", 0),
            new Layer("dense1", "Bayesian linear, ReLU", "120", 96_240),
            new Layer("dense2", "Bayesian linear, ReLU", "84", 20_328),
            new Layer("dense3", "Bayesian linear", "10", 1_700)),
        123_412,
        "Flipout",
        "Gaussian, mean 0, standard deviation 1",
        42,
        50,
        Duration.ofSeconds(192),
        Duration.ofMillis(21_400),
        List.of(new Version("Bayes4J", "0.1.0"), new Version("Java", "17.0.9")));
  }

  private static Epoch epoch(int number) {
    double misfit = 0.42 * Math.pow(number, -1.05) + 0.01;
    double complexity = 0.28 * Math.exp(-0.12 * number) + 0.05;
    return new Epoch(
        number,
        misfit + complexity,
        misfit,
        complexity,
        1 - 0.28 * misfit,
        0.99 - 0.05 / number,
        0.037 + 0.09 / number,
        0.001 * (1 + Math.cos(Math.PI * (number - 1) / 9)) / 2);
  }

  private static List<ReliabilityBin> tenBins() {
    return IntStream.range(0, 10).mapToObj(SampleReport::bin).toList();
  }

  private static ReliabilityBin bin(int index) {
    long[] counts = {0, 2, 14, 31, 48, 75, 102, 160, 391, 9_177};
    double middle = index / 10.0 + (index == 9 ? 0.093 : 0.052);
    double wobble = 0.06 * Math.sin(2.1 * index) * (1 - index / 10.0);
    double accuracy = counts[index] == 0 ? Double.NaN : Math.min(1, middle + wobble + 0.004);
    double confidence = counts[index] == 0 ? Double.NaN : middle;
    return new ReliabilityBin(
        index / 10.0, (index + 1) / 10.0, counts[index], confidence, accuracy);
  }

  private static RiskCoveragePoint point(int index) {
    double coverage = index / 60.0;
    return new RiskCoveragePoint(coverage, 0.0002 + 0.0107 * Math.pow(coverage, 14));
  }

  private static DigitReport.RefusalRule rule() {
    return new DigitReport.RefusalRule(
        "It says “I don’t know” when its uncertainty is above 0.62.",
        0.62,
        "The limit was chosen on the validation digits, as the highest with at most 0.2 % wrong"
            + " answers.",
        0.9412,
        0.9981,
        0.9891);
  }

  private static EntropyHistograms histograms() {
    return new EntropyHistograms(
        IntStream.rangeClosed(0, BINS).mapToObj(i -> WIDEST * i / BINS).toList(),
        List.of(
            series("digits read right", Kind.DIGITS_RIGHT, 9_891, x -> Math.exp(-7 * x)),
            series("digits read wrong", Kind.DIGITS_WRONG, 109, bump(0.85, 0.4)),
            series("white noise", Kind.FOREIGN, 2_000, bump(1.52, 0.33)),
            series("clothes", Kind.FOREIGN, 10_000, bump(1.1, 0.45))));
  }

  private static DoubleUnaryOperator bump(double centre, double width) {
    return x -> Math.exp(-(x - centre) * (x - centre) / (2 * width * width));
  }

  private static Series series(String name, Kind kind, int images, DoubleUnaryOperator shape) {
    double[] weights =
        IntStream.range(0, BINS)
            .mapToDouble(i -> shape.applyAsDouble(WIDEST * (i + 0.5) / BINS))
            .toArray();
    double total = IntStream.range(0, BINS).mapToDouble(i -> weights[i]).sum();
    return new Series(
        name,
        kind,
        IntStream.range(0, BINS).mapToObj(i -> Math.round(images * weights[i] / total)).toList());
  }

  private static Gallery gallery() {
    return new Gallery(
        0.9,
        items(6, i -> digit(i, OptionalInt.of(i), 0.999)),
        items(12, i -> digit(i % 5 + 2, OptionalInt.empty(), 0.3 + 0.02 * i)),
        items(6, i -> digit(i + 4, OptionalInt.of(i + 3), 0.93)),
        items(6, i -> noise(i, 0.2 + 0.03 * i)));
  }

  private static List<GalleryItem> items(int count, IntFunction<GalleryItem> item) {
    return IntStream.range(0, count).mapToObj(item).toList();
  }

  private static GalleryItem noise(int seed, double sure) {
    return item(SamplePng.noise(seed), Optional.of("white noise"), OptionalInt.empty(), sure);
  }

  private static List<ClassProbability> classes(int top, double sure) {
    return IntStream.range(0, CLASSES)
        .mapToObj(
            i -> {
              double median = i == top ? sure : (1 - sure) * ((i * 7 + top) % 5) / 22;
              double spread = (1 - sure) * (0.06 + 0.55 * median);
              return new ClassProbability(
                  median, Math.max(0, median - spread), Math.min(1, median + 1.4 * spread));
            })
        .toList();
  }
}
