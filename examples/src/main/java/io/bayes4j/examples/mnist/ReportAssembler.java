package io.bayes4j.examples.mnist;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.uncertainty.SelectivePrediction;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.examples.report.DigitReport;
import io.bayes4j.examples.report.EntropyHistograms;
import io.bayes4j.examples.report.Release;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Puts a training and an evaluation into the form that the report shows. */
final class ReportAssembler {
  private static final int RELIABILITY_BINS = 15;
  private static final int HISTOGRAM_BINS = 30;
  private static final int CURVE_POINTS = 200;

  private final Training.Outcome outcome;
  private final Evaluation evaluation;
  private final LoadedData data;
  private final double coverage;

  ReportAssembler(
      Training.Outcome outcome, Evaluation evaluation, LoadedData data, double coverage) {
    this.outcome = outcome;
    this.evaluation = evaluation;
    this.data = data;
    this.coverage = coverage;
  }

  DigitReport assemble(String commandLine) throws IOException {
    return new DigitReport(
        "A network that reads digits, and knows when it cannot",
        new DigitReport.Data(data.description(), data.licence()),
        model(),
        history(),
        scores(),
        reliability(),
        riskCoverage(),
        histograms(),
        foreign(),
        rule(),
        Gallery.of(evaluation),
        new DigitReport.Origin(
            Release.version(), commandLine, Instant.now().truncatedTo(ChronoUnit.SECONDS)));
  }

  private DigitReport.Model model() {
    Settings settings = outcome.reader().settings();
    return new DigitReport.Model(
        settings.architecture().words(),
        layers(),
        Layers.parameterCount(outcome.reader().model()),
        settings.flavour().words(),
        settings.prior()
            + String.format(Locale.US, ", KL weighted by %s", settings.recipe().beta()),
        settings.seed(),
        (int) evaluation.digits().prediction().probabilities().size(0),
        outcome.time(),
        evaluation.readingTime(),
        List.of(
            new DigitReport.Version("Bayes4J", Release.version()),
            new DigitReport.Version("Kernels", Kernels.provider().name()),
            new DigitReport.Version("Java", System.getProperty("java.version"))));
  }

  /** What each layer returns for one image. */
  private List<DigitReport.Layer> layers() {
    List<DigitReport.Layer> layers = new ArrayList<>();
    Pass watched =
        Pass.mean()
            .watchedBy(
                (path, layer, y) -> {
                  if (!path.isEmpty()) {
                    layers.add(
                        new DigitReport.Layer(
                            path,
                            kind(layer.toString()),
                            shape(y.shape()),
                            Layers.parameterCount(layer)));
                  }
                });
    var one = DigitReader.tensor(data.test().slice(0, 1), outcome.reader().normalization());
    Gradients.off(() -> watched.run(outcome.reader().model(), Var.constant(one)));
    return layers;
  }

  private static String kind(String description) {
    int bracket = description.indexOf('(');
    return bracket < 0 ? description : description.substring(0, bracket);
  }

  private static String shape(long... shape) {
    return LongStream.of(shape).skip(1).mapToObj(Long::toString).collect(Collectors.joining(" × "));
  }

  private List<DigitReport.Epoch> history() {
    return outcome.history().stream()
        .map(
            e ->
                new DigitReport.Epoch(
                    e.epoch(),
                    e.loss(),
                    e.negativeLogLikelihood(),
                    e.kl(),
                    e.training().getOrDefault("accuracy", Double.NaN),
                    e.validation().getOrDefault("accuracy", Double.NaN),
                    e.validation().getOrDefault("nll", Double.NaN),
                    e.learningRate()))
        .toList();
  }

  private DigitReport.Scores scores() {
    var s = evaluation.scores();
    return new DigitReport.Scores(
        s.count(),
        s.accuracy(),
        s.nll(),
        s.brier(),
        s.ece(),
        evaluation.digits().meanEntropy(),
        evaluation.digits().meanMutualInformation());
  }

  private List<DigitReport.ReliabilityBin> reliability() {
    return Calibration.reliability(
            evaluation.digits().prediction().mean(), data.test().labels(), RELIABILITY_BINS)
        .stream()
        .map(
            b ->
                new DigitReport.ReliabilityBin(
                    b.lower(), b.upper(), b.count(), b.confidence(), b.accuracy()))
        .toList();
  }

  private List<DigitReport.RiskCoveragePoint> riskCoverage() {
    var points =
        SelectivePrediction.riskCoverage(evaluation.digits().entropy(), correct()).points();
    int step = Math.max(1, points.size() / CURVE_POINTS);
    return IntStream.range(0, points.size())
        .filter(i -> i % step == 0 || i == points.size() - 1)
        .mapToObj(points::get)
        .map(p -> new DigitReport.RiskCoveragePoint(p.coverage(), p.risk()))
        .toList();
  }

  private boolean[] correct() {
    int[] answers = evaluation.digits().prediction().classes();
    boolean[] correct = new boolean[answers.length];
    for (int i = 0; i < correct.length; i++) {
      correct[i] = answers[i] == data.test().label(i);
    }
    return correct;
  }

  private EntropyHistograms histograms() {
    boolean[] correct = correct();
    double top = Math.log((double) evaluation.digits().prediction().probabilities().size(2));
    List<Double> edges =
        IntStream.rangeClosed(0, HISTOGRAM_BINS)
            .mapToObj(bin -> top * bin / HISTOGRAM_BINS)
            .toList();
    double[] entropy = evaluation.digits().entropy();
    List<EntropyHistograms.Series> series = new ArrayList<>();
    series.add(
        new EntropyHistograms.Series(
            "digits read right",
            EntropyHistograms.Kind.DIGITS_RIGHT,
            counts(entropy, top, i -> correct[i])));
    series.add(
        new EntropyHistograms.Series(
            "digits read wrong",
            EntropyHistograms.Kind.DIGITS_WRONG,
            counts(entropy, top, i -> !correct[i])));
    for (Evaluation.Foreign set : evaluation.foreign()) {
      series.add(
          new EntropyHistograms.Series(
              set.judged().images().name(),
              EntropyHistograms.Kind.FOREIGN,
              counts(set.judged().entropy(), top, i -> true)));
    }
    return new EntropyHistograms(edges, series);
  }

  private static List<Long> counts(double[] entropy, double top, IntPredicate wanted) {
    long[] counts = new long[HISTOGRAM_BINS];
    IntStream.range(0, entropy.length)
        .filter(wanted)
        .map(i -> Math.min(HISTOGRAM_BINS - 1, (int) (entropy[i] / top * HISTOGRAM_BINS)))
        .forEach(bin -> counts[bin]++);
    return Arrays.stream(counts).boxed().toList();
  }

  private List<DigitReport.ForeignSet> foreign() {
    return evaluation.foreign().stream()
        .map(
            set ->
                new DigitReport.ForeignSet(
                    set.judged().images().name(),
                    set.judged().images().size(),
                    set.judged().meanEntropy(),
                    set.judged().refusedShare(),
                    set.entropyAuroc(),
                    set.mutualInformationAuroc()))
        .toList();
  }

  private DigitReport.RefusalRule rule() {
    RefusalRule rule = outcome.reader().rule();
    boolean byEntropy = rule.criterion() == RefusalCriterion.PREDICTIVE_ENTROPY_BELOW;
    return new DigitReport.RefusalRule(
        RuleWords.of(rule),
        byEntropy ? rule.threshold() : Double.NaN,
        String.format(
            Locale.US,
            "The limit was fixed beforehand, such that %.0f %% of the validation digits are answered.",
            100 * coverage),
        evaluation.refusal().coverage(),
        evaluation.refusal().accuracy(),
        evaluation.scores().accuracy());
  }
}
