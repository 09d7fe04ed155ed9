package io.bayes4j.examples.mnist;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.Normalization;
import io.bayes4j.examples.mnist.Settings.Flavour;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A trained network with all that reading a digit takes.
 *
 * @param settings which network it is
 * @param model the network
 * @param normalization what was done to the pixels it was trained on
 * @param rule when it answers
 * @param samples networks that are drawn to read a digit
 * @param precision what is multiplied
 */
record DigitReader(
    Settings settings,
    Sequential model,
    Normalization normalization,
    RefusalRule rule,
    int samples,
    Precision precision) {
  private static final String PROGRAM = "bayes4j-mnist-1";

  /** The probabilities of a set of images. */
  Prediction read(ImageSet images) {
    MonteCarlo predictor =
        settings.flavour() == Flavour.DETERMINISTIC
            ? MonteCarlo.atMean(model)
            : MonteCarlo.of(model).samples(samples);
    return predictor
        .seed(settings.seed())
        .precision(precision)
        .classify(tensor(images, normalization));
  }

  static INDArray tensor(ImageSet images, Normalization normalization) {
    float[] pixels = images.normalized(0, images.size(), normalization);
    return Nd4j.createFromArray(pixels).reshape(images.size(), 1, images.height(), images.width());
  }

  DigitReader withRule(RefusalRule other) {
    return new DigitReader(settings, model, normalization, other, samples, precision);
  }

  DigitReader withModel(Sequential other) {
    return new DigitReader(settings, other, normalization, rule, samples, precision);
  }

  void save(Path file) throws IOException {
    Recipe recipe = settings.recipe();
    Map<String, String> words = new LinkedHashMap<>();
    words.put("program", PROGRAM);
    words.put("architecture", settings.architecture().name());
    words.put("flavour", settings.flavour().name());
    words.put("seed", Long.toString(settings.seed()));
    words.put("epochs", Integer.toString(recipe.epochs()));
    words.put("batchSize", Integer.toString(recipe.batchSize()));
    words.put("learningRate", Double.toString(recipe.learningRate()));
    words.put("priorSigma", Double.toString(recipe.priorSigma()));
    words.put("initialSigma", Double.toString(recipe.initialSigma()));
    words.put("beta", Double.toString(recipe.beta()));
    words.put("warmUp", Double.toString(recipe.warmUp()));
    words.put("mean", Float.toString(normalization.mean()));
    words.put("deviation", Float.toString(normalization.deviation()));
    words.put("criterion", rule.criterion().name());
    words.put("threshold", Double.toString(rule.threshold()));
    words.put("samples", Integer.toString(samples));
    Checkpoint.save(model, file, words);
  }

  /**
   * Reads a checkpoint.
   *
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if another program wrote it
   */
  static DigitReader load(Path file, Precision precision) throws IOException {
    Words words = new Words(file, SafeTensors.read(file).metadata());
    Check.argument(
        PROGRAM.equals(words.map().get("program")),
        "%s must be a checkpoint that 'mnist train' wrote, but names the program \"%s\"",
        file,
        words.map().getOrDefault("program", ""));
    try {
      return load(words, precision);
    } catch (IllegalArgumentException e) {
      throw String.valueOf(e.getMessage()).startsWith(file.toString())
          ? e
          : new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static DigitReader load(Words words, Precision precision) throws IOException {
    Recipe recipe =
        new Recipe(
            words.count("epochs"),
            words.count("batchSize"),
            words.number("learningRate"),
            words.number("priorSigma"),
            words.number("initialSigma"),
            words.number("beta"),
            words.number("warmUp"));
    Settings settings =
        new Settings(
            words.constant("architecture", Architecture.class),
            words.constant("flavour", Flavour.class),
            recipe,
            words.whole("seed"));
    Sequential model = settings.model();
    Checkpoint.load(model, words.file());
    return new DigitReader(
        settings,
        model,
        new Normalization((float) words.number("mean"), (float) words.number("deviation")),
        new RefusalRule(
            words.constant("criterion", RefusalCriterion.class), words.anyNumber("threshold")),
        words.count("samples"),
        precision);
  }

  /** The words of a checkpoint, read with clear errors. */
  private record Words(Path file, Map<String, String> map) {
    String word(String name) {
      String word = map.get(name);
      if (word == null) {
        throw new IllegalArgumentException(file + " must hold the word \"" + name + "\"");
      }
      return word;
    }

    double number(String name) {
      double number = anyNumber(name);
      if (!Double.isFinite(number)) {
        throw malformed(name, null);
      }
      return number;
    }

    /** A number that may be infinite, as the threshold of a rule that refuses nothing. */
    double anyNumber(String name) {
      try {
        return Double.parseDouble(word(name));
      } catch (NumberFormatException e) {
        throw malformed(name, e);
      }
    }

    long whole(String name) {
      try {
        return Long.parseLong(word(name));
      } catch (NumberFormatException e) {
        throw malformed(name, e);
      }
    }

    int count(String name) {
      long count = whole(name);
      if (count < 1 || count > Integer.MAX_VALUE) {
        throw malformed(name, null);
      }
      return (int) count;
    }

    <E extends Enum<E>> E constant(String name, Class<E> type) {
      for (E constant : type.getEnumConstants()) {
        if (constant.name().equals(word(name))) {
          return constant;
        }
      }
      throw malformed(name, null);
    }

    private IllegalArgumentException malformed(String name, @Nullable Exception cause) {
      return new IllegalArgumentException(
          file + ": the word \"" + name + "\" is malformed: \"" + map.get(name) + "\"", cause);
    }
  }
}
