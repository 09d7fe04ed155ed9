package io.bayes4j.examples.mnist;

import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar for each epoch on a terminal, and one line after it everywhere. */
final class Progress implements TrainingListener, AutoCloseable {
  private final PrintWriter out;
  private final int epochs;

  @SuppressWarnings(
      "SystemConsoleNull") // From JDK 22 on a pipe gets the bar as well, which does no harm.
  private final boolean terminal = System.console() != null;

  private ProgressBar bar;

  Progress(PrintWriter out, int epochs) {
    this.out = out;
    this.epochs = epochs;
  }

  @Override
  public void step(int epoch, int step, int steps, double loss) {
    if (!terminal) {
      return;
    }
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
    bar.stepTo(step);
    bar.setExtraMessage(String.format(Locale.US, "loss %.3f", loss));
  }

  @Override
  public void epoch(EpochRecord record) {
    close();
    out.printf(
        Locale.US,
        "epoch %d/%d  misfit %.4f  KL %.3f  training %.2f %%  validation %.2f %% (misfit %.4f)  %.1f s%n",
        record.epoch(),
        epochs,
        record.negativeLogLikelihood(),
        record.kl(),
        100 * record.training().getOrDefault("accuracy", Double.NaN),
        100 * record.validation().getOrDefault("accuracy", Double.NaN),
        record.validation().getOrDefault("nll", Double.NaN),
        record.seconds());
    out.flush();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
