package io.bayes4j.examples.mnist;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.examples.Progress;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.examples.data.Normalization;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.train.Validation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Trains a network on digits and fixes its refusal rule on the validation digits. */
final class Training {
  private static final int CLASSES = 10;

  /** A rough figure after each epoch needs no more. */
  private static final int VALIDATION_DIGITS = 2000;

  private final Settings settings;
  private final int samples;
  private final RefusalCriterion criterion;
  private final double coverage;
  private final Precision precision;
  private final PrintWriter out;

  Training(
      Settings settings,
      int samples,
      RefusalCriterion criterion,
      double coverage,
      Precision precision,
      PrintWriter out) {
    this.settings = settings;
    this.samples = samples;
    this.criterion = criterion;
    this.coverage = coverage;
    this.precision = precision;
    this.out = out;
  }

  /**
   * A trained reader.
   *
   * @param reader the network and its rule
   * @param history one record for each epoch
   * @param time of the training
   */
  record Outcome(DigitReader reader, List<EpochRecord> history, Duration time) {}

  Outcome run(LoadedData data, Path checkpoint, boolean resume) throws IOException {
    Normalization normalization = Normalization.of(data.train());
    Sequential model = settings.model();
    out.printf(
        Locale.US,
        "%s, %s, %,d parameters, %,d training digits%n",
        settings.architecture().words(),
        settings.flavour().words(),
        Layers.parameterCount(model),
        data.train().size());
    out.flush();
    long start = System.nanoTime();
    List<EpochRecord> history = fit(model, data, normalization, checkpoint, resume);
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    DigitReader reader =
        new DigitReader(
            settings, model, normalization, RefusalRule.medianAbove(0), samples, precision);
    RefusalRule rule =
        RefusalRule.calibrateForCoverage(
            criterion, reader.read(data.validation()).probabilities(), coverage);
    return new Outcome(reader.withRule(rule), history, time);
  }

  private List<EpochRecord> fit(
      Sequential model,
      LoadedData data,
      Normalization normalization,
      Path checkpoint,
      boolean resume)
      throws IOException {
    Recipe recipe = settings.recipe();
    Dataset digits =
        Dataset.of(DigitReader.tensor(data.train(), normalization), data.train().labels(), CLASSES);
    Trainer.Builder trainer =
        Trainer.of(model, Losses.crossEntropy(), digits)
            .epochs(recipe.epochs())
            .batchSize(recipe.batchSize())
            .seed(settings.seed())
            .learningRate(recipe.schedule())
            .beta(recipe.klWeight())
            .precision(precision)
            .validation(validation(data.validation(), normalization))
            .checkpoint(besides(checkpoint));
    try (Progress progress = new Progress(out, recipe.epochs())) {
      trainer.listener(progress);
      return (resume ? trainer.resume() : trainer).build().fit();
    }
  }

  /**
   * Where a stopped training goes on from: mnist.safetensors has mnist.training.safetensors beside
   * it.
   */
  private static Path besides(Path checkpoint) {
    String name = checkpoint.getFileName().toString().replaceFirst("\\.safetensors$", "");
    return checkpoint.resolveSibling(name + ".training.safetensors");
  }

  private static Validation validation(ImageSet digits, Normalization normalization) {
    ImageSet few = digits.slice(0, Math.min(VALIDATION_DIGITS, digits.size()));
    INDArray inputs = DigitReader.tensor(few, normalization);
    int[] labels = few.labels();
    return model -> {
      INDArray mean = MonteCarlo.atMean(model).classify(inputs).mean();
      return Map.of(
          "accuracy", Calibration.accuracy(mean, labels), "nll", Calibration.nll(mean, labels));
    };
  }
}
