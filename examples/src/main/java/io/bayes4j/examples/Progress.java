package io.bayes4j.examples;

import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.TrainingListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a training comes along, with the time that is left: a bar for each epoch on a terminal, a
 * line now and then elsewhere, and a line after each epoch everywhere.
 */
public final class Progress implements TrainingListener, AutoCloseable {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(60);

  private final PrintWriter out;
  private final int epochs;

  @SuppressWarnings(
      "SystemConsoleNull") // From JDK 22 on a pipe gets the bar as well, which does no harm.
  private final boolean terminal = System.console() != null;

  private @Nullable ProgressBar bar;
  private long start;
  private long lastLine;
  private int firstEpoch;

  /** Lines go to the given writer. */
  public Progress(PrintWriter out, int epochs) {
    this.out = out;
    this.epochs = epochs;
  }

  @Override
  public Runnable restoring(Map<String, INDArray> state, int made) {
    return () ->
        out.printf(Locale.US, "Going on after epoch %d of %d.%n", made, Math.max(made, epochs));
  }

  @Override
  public void step(int epoch, int step, int steps, double loss) {
    long time = System.nanoTime();
    if (start == 0) {
      start = time;
      lastLine = time;
      firstEpoch = epoch;
    }
    String left = left(epoch, step, steps, time);
    if (terminal) {
      ProgressBar now = bar(epoch, steps);
      now.stepTo(step);
      now.setExtraMessage(String.format(Locale.US, "loss %.3f%s", loss, left));
    } else if (time - lastLine >= BETWEEN_LINES.toNanos()) {
      lastLine = time;
      out.printf(
          Locale.US,
          "epoch %d/%d  step %d/%d  loss %.3f%s%n",
          epoch,
          epochs,
          step,
          steps,
          loss,
          left);
      out.flush();
    }
  }

  private ProgressBar bar(int epoch, int steps) {
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setTaskName("Epoch " + epoch + "/" + epochs)
              .setInitialMax(steps)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .clearDisplayOnFinish()
              .build();
    }
    return bar;
  }

  /** The first step is slower than others and counts for nothing. */
  private String left(int epoch, int step, int steps, long now) {
    long done = (long) (epoch - firstEpoch) * steps + step - 1;
    long todo = (long) (epochs - epoch) * steps + steps - step;
    return done == 0
        ? ""
        : "  " + words(Duration.ofNanos((long) ((now - start) * ((double) todo / done)))) + " left";
  }

  /** The two largest units: "2 h 5 min". */
  static String words(Duration time) {
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }

  @Override
  public void epoch(EpochRecord record) {
    close();
    out.printf(
        Locale.US,
        "epoch %d/%d  misfit %.4f  KL %.3f  training %.2f %%%s  %.1f s%n",
        record.epoch(),
        epochs,
        record.negativeLogLikelihood(),
        record.kl(),
        100 * record.training().getOrDefault("accuracy", Double.NaN),
        validation(record.validation()),
        record.seconds());
    out.flush();
  }

  private static String validation(Map<String, Double> figures) {
    return figures.containsKey("accuracy")
        ? String.format(
            Locale.US,
            "  validation %.2f %% (misfit %.4f)",
            100 * figures.get("accuracy"),
            figures.getOrDefault("nll", Double.NaN))
        : "";
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
