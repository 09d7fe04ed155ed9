package io.bayes4j.examples;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.quant.LayerQuantization;
import io.bayes4j.quant.QuantizationReport;
import io.bayes4j.report.ClassificationReport;
import io.bayes4j.report.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tables of a network in floats beside the same in 8-bit integers. */
public final class QuantizationTables {
  private static final String FLOAT = "Float";
  private static final String INTEGERS = "8-bit integers";

  private final List<List<String>> scores = new ArrayList<>();
  private final List<List<String>> entropies = new ArrayList<>();

  /** Tables without rows. */
  public QuantizationTables() {}

  /** What a network made of test images, how large its file is, and how long it took. */
  public record Reading(Prediction prediction, long bytes, double seconds) {}

  /**
   * Adds the figures of test images.
   *
   * @return a line for each network, to be printed
   */
  @CanIgnoreReturnValue
  public List<String> test(String name, int[] labels, Reading floats, Reading integers) {
    foreign(name, floats.prediction(), integers.prediction());
    return List.of(add(FLOAT, labels, floats), add(INTEGERS, labels, integers));
  }

  /** Adds the entropies of pictures of what is none of the classes. */
  public void foreign(String name, Prediction floats, Prediction integers) {
    entropies.add(List.of(name, entropy(floats), entropy(integers)));
  }

  private static String entropy(Prediction prediction) {
    return String.format(
        Locale.US, "%.3f", prediction.predictiveEntropy().meanNumber().doubleValue());
  }

  private String add(String name, int[] labels, Reading reading) {
    Prediction prediction = reading.prediction();
    ClassificationScores own = Calibration.scores(prediction.mean(), labels);
    List<String> row =
        List.of(
            name,
            String.format(Locale.US, "%.2f %%", 100 * own.accuracy()),
            String.format(Locale.US, "%.4f", own.nll()),
            String.format(Locale.US, "%.4f", own.ece()),
            String.format(
                Locale.US, "%.4f", prediction.mutualInformation().meanNumber().doubleValue()),
            String.format(Locale.US, "%,d", reading.bytes()),
            String.format(Locale.US, "%.2f", reading.seconds()));
    scores.add(row);
    return String.format(
        Locale.US,
        "%s: accuracy %s, NLL %s, ECE %s, mutual information %s, %s bytes, %s s",
        row.toArray());
  }

  /** Puts the tables on a page, and what became of each layer. */
  public void addTo(ClassificationReport page, QuantizationReport layers) {
    page.table(
        "8-bit integers beside floats",
        List.of("", "Accuracy", "NLL", "ECE", "Mutual information", "Bytes", "Seconds"),
        scores);
    page.table("Mean entropy before and after, in nats", List.of("", FLOAT, INTEGERS), entropies);
    addLayers(page, layers);
  }

  /** Puts on a page what became of each layer. */
  public static void addLayers(Report<?> page, QuantizationReport layers) {
    page.table(
        "What became of each layer",
        List.of("Layer", "It was", "Now", "Input", "Clipped", "SQNR, dB", "Spread"),
        layers.entries().stream().map(QuantizationTables::row).toList());
  }

  private static List<String> row(LayerQuantization layer) {
    String none = "";
    return List.of(
        layer.path(),
        layer.layer(),
        layer.outcome().name().toLowerCase(Locale.ROOT) + ", " + layer.detail(),
        layer
            .input()
            .map(
                in -> String.format(Locale.US, "%s of %.3g", in.signed() ? "s8" : "u8", in.scale()))
            .orElse(none),
        layer
            .input()
            .map(in -> String.format(Locale.US, "%,d of %,d", in.clipped(), in.seen()))
            .orElse(none),
        layer.signalToNoise().isPresent()
            ? String.format(Locale.US, "%.1f", layer.signalToNoise().getAsDouble())
            : none,
        layer.spreadRatio().isPresent()
            ? String.format(Locale.US, "%.3f", layer.spreadRatio().getAsDouble())
            : none);
  }
}
