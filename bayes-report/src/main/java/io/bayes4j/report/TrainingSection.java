package io.bayes4j.report;

import io.bayes4j.layers.train.EpochRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Curves of a training, from its history. */
final class TrainingSection {
  private static final String EPOCH = "pass over the training data";
  private static final String NLL = "nll";

  private final List<EpochRecord> history;

  TrainingSection(List<EpochRecord> history) {
    this.history = history.stream().sorted(Comparator.comparingInt(EpochRecord::epoch)).toList();
  }

  Section section() {
    List<Chart> charts = new ArrayList<>();
    charts.add(loss());
    TreeSet<String> figures = new TreeSet<>();
    history.forEach(epoch -> figures.addAll(epoch.training().keySet()));
    history.forEach(epoch -> figures.addAll(epoch.validation().keySet()));
    figures.forEach(name -> charts.add(figure(name)));
    charts.add(learningRate());
    return new Section(
        "training", "How it learned", "How it learned", Section.grid(charts), charts);
  }

  private Chart loss() {
    EpochRecord first = history.get(0);
    EpochRecord last = history.get(history.size() - 1);
    double[] epochs = values(EpochRecord::epoch);
    double[] misfit = values(EpochRecord::negativeLogLikelihood);
    return new Chart(
        "loss",
        String.format(
            Locale.US,
            "Training took the loss from %s to %s in %s",
            Numbers.significant(first.loss()),
            Numbers.significant(last.loss()),
            passes()),
        "The loss has two parts: how badly it fits (misfit), and how far its weights have moved from"
            + " what was believed before the first example (complexity). Lower is better.",
        Axis.number(EPOCH),
        Axis.fromZero("loss per example, in nats"),
        List.of(
            Series.band("misfit", "blue", epochs, new double[epochs.length], misfit),
            Series.band("complexity, on top", "grey", epochs, misfit, sum(misfit)),
            Series.line("loss", "blue", epochs, values(EpochRecord::loss))),
        false);
  }

  private double[] sum(double... misfit) {
    double[] kl = values(EpochRecord::kl);
    double[] sum = new double[kl.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = misfit[i] + kl[i];
    }
    return sum;
  }

  private String passes() {
    return history.size() == 1 ? "1 pass" : Numbers.count(history.size()) + " passes";
  }

  private Chart figure(String name) {
    boolean share = name.toLowerCase(Locale.ROOT).contains("accuracy");
    List<Series> series = new ArrayList<>();
    curve(name, EpochRecord::training)
        .or(() -> name.equals(NLL) ? Optional.of(trainingMisfit()) : Optional.empty())
        .ifPresent(curve -> series.add(line("training data", curve, false)));
    Optional<Curve> validation = curve(name, EpochRecord::validation);
    validation.ifPresent(curve -> series.add(line("unseen data", curve, true)));
    Series last = series.get(series.size() - 1);
    double value = last.points().get(last.points().size() - 1)[1];
    return new Chart(
        "figure-" + Html.identifier(name),
        (name.equals(NLL)
                ? "Misfit"
                : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1))
            + " after "
            + passes()
            + ": "
            + (share ? Numbers.share(value) : Numbers.significant(value))
            + " on "
            + last.label(),
        name.equals(NLL)
            ? "Misfit is its surprise at the truth. If the line of the unseen data turned upward"
                + " while the other fell, it would be learning by heart."
            : "Figures of the training data are taken during the pass, while it is still learning.",
        Axis.number(EPOCH),
        share ? Axis.shares(name, false) : Axis.number(name.equals(NLL) ? "misfit, in nats" : name),
        series,
        false);
  }

  /** The epochs that have a figure, and the figure. */
  private record Curve(List<Double> epochs, List<Double> values) {}

  private Optional<Curve> curve(String name, Function<EpochRecord, Map<String, Double>> figures) {
    List<EpochRecord> with =
        history.stream().filter(epoch -> figures.apply(epoch).containsKey(name)).toList();
    return with.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Curve(
                with.stream().map(epoch -> (double) epoch.epoch()).toList(),
                with.stream().map(epoch -> figures.apply(epoch).get(name)).toList()));
  }

  private Curve trainingMisfit() {
    return new Curve(
        history.stream().map(epoch -> (double) epoch.epoch()).toList(),
        history.stream().map(EpochRecord::negativeLogLikelihood).toList());
  }

  private static Series line(String label, Curve curve, boolean unseen) {
    double[] x = curve.epochs().stream().mapToDouble(e -> e).toArray();
    double[] y = curve.values().stream().mapToDouble(v -> v).toArray();
    return unseen ? Series.dashed(label, "orange", x, y) : Series.line(label, "blue", x, y);
  }

  private Chart learningRate() {
    return new Chart(
        "learning-rate",
        String.format(
            Locale.US,
            "Step size: %s at first, %s at the end",
            Numbers.significant(history.get(0).learningRate()),
            Numbers.significant(history.get(history.size() - 1).learningRate())),
        "How much one batch may change it: large steps learn fast, small steps settle.",
        Axis.number(EPOCH),
        Axis.fromZero("learning rate"),
        List.of(
            Series.line(
                "step size",
                "green",
                values(EpochRecord::epoch),
                values(EpochRecord::learningRate))),
        false);
  }

  private double[] values(ToDoubleFunction<EpochRecord> figure) {
    return history.stream().mapToDouble(figure).toArray();
  }
}
