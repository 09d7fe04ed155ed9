package io.bayes4j.report;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.uncertainty.RegressionEvaluator;
import io.bayes4j.core.uncertainty.RegressionScores;
import io.bayes4j.report.Series.Style;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How good and how honest predicted numbers are. */
final class RegressionSections {
  private static final int QUANTILES = 19;
  private static final int GROUPS = 10;

  private final Regressed regressed;
  private final float @Nullable [] targets;
  private final List<Regressed> others;
  private final String noun;

  RegressionSections(
      Regressed regressed, float @Nullable [] targets, List<Regressed> others, String noun) {
    this.regressed = regressed;
    this.targets = targets;
    this.others = List.copyOf(others);
    this.noun = noun;
  }

  String headline() {
    Headline headline = new Headline();
    if (targets == null) {
      headline.figure(
          Numbers.count(regressed.count()), noun + " were shown; nobody told the truth yet.");
    } else {
      RegressionScores scores = evaluated(regressed).scores();
      headline
          .figure(
              Numbers.share(scores.intervals().coverage()),
              "of the truth lies in its 90\u202f% ranges, on " + counted() + ".")
          .figure(Numbers.significant(scores.rmse()), "is its root mean squared error.")
          .figure(
              Numbers.significant(scores.intervals().width()),
              "is how wide its ranges are, on average.");
    }
    return headline
        .figure(
            Numbers.share(shareNotKnown()),
            "of its variance is what it has not learned; the rest is noise.")
        .toString();
  }

  private float[] known() {
    return Objects.requireNonNull(targets);
  }

  private String counted() {
    return Numbers.count(regressed.count()) + " " + noun;
  }

  private double shareNotKnown() {
    double notKnown = 0;
    double all = 0;
    for (int i = 0; i < regressed.count(); i++) {
      for (int d = 0; d < regressed.outputs(); d++) {
        notKnown += Math.pow(regressed.epistemicDeviation(i, d), 2);
        all += Math.pow(regressed.deviation(i, d), 2);
      }
    }
    return all > 0 ? notKnown / all : Double.NaN;
  }

  private RegressionEvaluator evaluated(Regressed model) {
    return model.evaluated(
        () ->
            new RegressionEvaluator(RegressionBands.LEVEL, QUANTILES)
                .add(model.prediction().means(), model.prediction().variances(), truth()));
  }

  private INDArray truth() {
    return Detached.of(known(), regressed.count(), regressed.outputs());
  }

  Section trust() {
    RegressionEvaluator evaluator = evaluated(regressed);
    List<Chart> charts = List.of(quantiles(evaluator), errors());
    String html =
        Section.grid(charts) + new Html().element("h3", "Scores") + scores(List.of(regressed));
    return new Section("trust", "Can it be believed?", "Can its ranges be believed?", html, charts);
  }

  private Chart quantiles(RegressionEvaluator evaluator) {
    double[] below = evaluator.sharesBelow();
    List<double[]> dots = new ArrayList<>();
    List<double[]> chance = new ArrayList<>();
    long numbers = (long) regressed.count() * regressed.outputs();
    for (int q = 0; q < below.length; q++) {
      double level = (q + 1) / (below.length + 1.0);
      double[] range = ScoreInterval.of(below[q], numbers);
      dots.add(new double[] {level, below[q]});
      chance.add(new double[] {level, range[0], range[1]});
    }
    double coverage = evaluator.scores().intervals().coverage();
    return new Chart(
        "quantiles",
        String.format(
            Locale.US,
            "Its 90\u202f%% ranges hold %s of the truth: %s",
            Numbers.share(coverage),
            verdict(coverage, numbers)),
        "Of targets that the model expects to be below a number with 30\u202f% probability, three"
            + " in ten should be. On the diagonal it is honest; flatter than it, its ranges are too"
            + " narrow; steeper, too wide. The upright lines show how far chance alone may move a"
            + " dot.",
        Axis.allShares("expected below"),
        Axis.allShares("found below"),
        List.of(
            new Series("found below", Style.DOTS, "blue", dots),
            new Series("how far chance may move it (95\u202f%)", Style.INTERVALS, "text", chance),
            Series.guide("perfectly honest (dashed)", 0, 0, 1, 1)),
        true);
  }

  private static String verdict(double coverage, long numbers) {
    double[] range = ScoreInterval.of(coverage, numbers);
    if (range[0] <= RegressionBands.LEVEL && RegressionBands.LEVEL <= range[1]) {
      return "fair";
    }
    return coverage < RegressionBands.LEVEL ? "they are too narrow" : "they are too wide";
  }

  /** Groups of examples by predicted deviation, each with its typical error. */
  private Chart errors() {
    int outputs = regressed.outputs();
    int[] order =
        IntStream.range(0, known().length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> regressed.deviation(i / outputs, i % outputs)))
            .mapToInt(i -> i)
            .toArray();
    List<double[]> dots = new ArrayList<>();
    int groups = Math.min(GROUPS, order.length);
    for (int group = 0; group < groups; group++) {
      int from = (int) ((long) group * order.length / groups);
      int to = (int) ((group + 1L) * order.length / groups);
      double variance = 0;
      double error = 0;
      for (int at = from; at < to; at++) {
        int example = order[at] / outputs;
        int output = order[at] % outputs;
        variance += Math.pow(regressed.deviation(example, output), 2);
        error += Math.pow(known()[order[at]] - regressed.mean(example, output), 2);
      }
      dots.add(new double[] {Math.sqrt(variance / (to - from)), Math.sqrt(error / (to - from))});
    }
    double most = dots.stream().mapToDouble(dot -> Math.max(dot[0], dot[1])).max().orElse(1);
    return new Chart(
        "errors",
        "Whether it errs more where it says that it is less sure",
        "Each dot is a tenth of the targets, by the deviation that was predicted. On the diagonal,"
            + " errors are as large as expected; above it, larger.",
        Axis.fromZero("predicted standard deviation"),
        Axis.fromZero("root mean squared error"),
        List.of(
            new Series("a tenth of the targets", Style.DOTS, "blue", dots),
            Series.guide("as expected (dashed)", 0, 0, most, most)),
        true);
  }

  Section comparison() {
    List<Regressed> all = new ArrayList<>(List.of(regressed));
    all.addAll(others);
    return new Section("comparison", "Beside others", "Beside others", scores(all));
  }

  private String scores(List<Regressed> models) {
    List<String> headings = new ArrayList<>(List.of("Predictor"));
    if (targets != null) {
      headings.addAll(
          List.of("RMSE", "Mean error", "NLL", "CRPS", "In 90\u202f% ranges", "Interval score"));
    }
    headings.addAll(List.of("Width of ranges", "Draws"));
    return Tables.table(headings, models.stream().map(this::row).toList());
  }

  private List<String> row(Regressed model) {
    List<String> row = new ArrayList<>(List.of(model.name()));
    if (targets != null) {
      RegressionScores scores = evaluated(model).scores();
      row.add(Numbers.significant(scores.rmse()));
      row.add(Numbers.significant(scores.mae()));
      row.add(Numbers.significant(model.prediction().negativeLogLikelihood(truth())));
      row.add(Numbers.significant(scores.crps()));
      row.add(Numbers.share(scores.intervals().coverage()));
      row.add(Numbers.significant(scores.intervals().score()));
      row.add(Numbers.significant(scores.intervals().width()));
    } else {
      row.add(Numbers.significant(model.prediction().width(RegressionBands.LEVEL)));
    }
    row.add(Numbers.count(model.prediction().draws()));
    return row;
  }
}
