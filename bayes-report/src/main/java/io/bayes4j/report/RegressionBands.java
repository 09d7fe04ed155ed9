package io.bayes4j.report;

import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.layers.predict.RegressionPrediction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Predictions with their bands, and where the width of the bands comes from. */
final class RegressionBands {
  static final double LEVEL = 0.9;
  private static final int MOST_OUTPUTS = 4;
  private static final int MOST_PLACES = 200;
  private static final int MOST_DOTS = 400;

  private final Regressed regressed;
  private final float @Nullable [] targets;
  private final Labels labels;
  private final int[] order;
  private final int[] shown;

  RegressionBands(Regressed regressed, float @Nullable [] targets, Labels labels) {
    this.regressed = regressed;
    this.targets = targets;
    this.labels = labels;
    order = order(0);
    shown = chosen(order, MOST_PLACES);
  }

  /** What the axes are called, and what is drawn beside the predictions. */
  static final class Labels {
    private double @Nullable [] inputs;
    private String along = "predicted value";
    private List<String> outputs = List.of();
    private double[] learnedInputs = {};
    private double[] learnedValues = {};

    void along(double[] numbers, String name) {
      inputs = numbers;
      along = name;
    }

    void outputs(List<String> names) {
      outputs = names;
    }

    void learnedFrom(double[] numbers, double[] values) {
      learnedInputs = numbers;
      learnedValues = values;
    }

    private String output(int number, int count) {
      if (!outputs.isEmpty()) {
        return outputs.get(number);
      }
      return count == 1 ? "value" : "value " + number;
    }
  }

  Section section() {
    List<Chart> charts = new ArrayList<>();
    RegressionPrediction few = regressed.few(shown);
    for (int output = 0; output < Math.min(MOST_OUTPUTS, regressed.outputs()); output++) {
      charts.add(bands(few, output));
    }
    charts.add(parts());
    return new Section(
        "predictions", "What it predicts", "What it predicts", Section.grid(charts), charts);
  }

  private double place(int example, int output) {
    return labels.inputs == null ? regressed.mean(example, output) : labels.inputs[example];
  }

  private int[] order(int output) {
    return IntStream.range(0, regressed.count())
        .boxed()
        .sorted(Comparator.comparingDouble(i -> place(i, output)))
        .mapToInt(i -> i)
        .toArray();
  }

  private static int[] chosen(int[] order, int most) {
    return IntStream.of(Thinned.of(order.length, most)).map(i -> order[i]).toArray();
  }

  private double[] of(int[] examples, IntToDoubleFunction number) {
    return IntStream.of(examples).mapToDouble(number).toArray();
  }

  private Chart bands(RegressionPrediction few, int output) {
    double[] x = of(shown, i -> place(i, output));
    CredibleInterval range = few.interval(LEVEL);
    IntToDoubleFunction lower = at -> range.lower().getDouble(at, output);
    IntToDoubleFunction upper = at -> range.upper().getDouble(at, output);
    double[] from = IntStream.range(0, shown.length).mapToDouble(lower).toArray();
    double[] to = IntStream.range(0, shown.length).mapToDouble(upper).toArray();
    Sorted sorted = new Sorted(x);
    List<Series> series = new ArrayList<>();
    series.add(
        Series.band("90\u202f% range", "blue", sorted.of(x), sorted.of(from), sorted.of(to)));
    double[] mean = of(shown, i -> regressed.mean(i, output));
    series.add(Series.line("prediction", "blue", sorted.of(x), sorted.of(mean)));
    addTruth(series, output);
    if (labels.learnedInputs.length > 0 && regressed.outputs() == 1) {
      int[] dots = Thinned.of(labels.learnedInputs.length, MOST_DOTS);
      series.add(
          Series.dots(
              "learned from",
              "grey",
              of(dots, i -> labels.learnedInputs[i]),
              of(dots, i -> labels.learnedValues[i])));
    }
    String name = labels.output(output, regressed.outputs());
    return new Chart(
        "bands-" + output,
        name + ": prediction and where it expects nine of ten",
        "The line is the mean of the networks drawn, the band where nine of ten observations are"
            + " expected, noise included. Where there was little to learn from, an honest band"
            + " widens.",
        Axis.number(labels.along),
        Axis.number(name),
        series,
        true);
  }

  private void addTruth(List<Series> series, int output) {
    float[] truth = targets;
    if (truth != null) {
      int[] dots = chosen(order, MOST_DOTS);
      series.add(
          Series.dots(
              "truth",
              "orange",
              of(dots, i -> place(i, output)),
              of(dots, i -> truth[i * regressed.outputs() + output])));
    }
  }

  /** Puts numbers in the order of their places: examples of another output come in another. */
  private static final class Sorted {
    private final int[] order;

    Sorted(double... x) {
      order =
          IntStream.range(0, x.length)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> x[i]))
              .mapToInt(i -> i)
              .toArray();
    }

    double[] of(double... numbers) {
      return IntStream.of(order).mapToDouble(i -> numbers[i]).toArray();
    }
  }

  private Chart parts() {
    double[] x = of(shown, i -> place(i, 0));
    Axis unit = Axis.fromZero("standard deviation, " + labels.output(0, regressed.outputs()));
    return new Chart(
        "parts",
        "Where the uncertainty comes from",
        "What is not known falls with more training data and grows away from them; noise stays,"
            + " however much is learned.",
        Axis.number(labels.along),
        unit,
        List.of(
            Series.line("all", "blue", x, of(shown, i -> regressed.deviation(i, 0))),
            Series.dashed(
                "not known (epistemic)",
                "orange",
                x,
                of(shown, i -> regressed.epistemicDeviation(i, 0))),
            Series.dashed(
                "noise (aleatoric)",
                "grey",
                x,
                of(shown, i -> regressed.aleatoricDeviation(i, 0)))),
        false);
  }
}
