package io.bayes4j.examples.cifar;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A residual network for CIFAR-10 and what its checkpoint says about it.
 *
 * @param model the network
 * @param depth number of layers with weights
 * @param flavour how its weights are drawn
 * @param seed of all that is random
 */
record CifarNetwork(Layer model, int depth, Flavour flavour, long seed) {
  private static final String PROGRAM = "bayes4j-cifar-1";

  /** How weights are drawn. */
  enum Flavour {
    /** No draws: a plain network. */
    DETERMINISTIC,
    /** One draw for each batch. */
    REPARAMETERIZATION,
    /** A draw for each image. */
    FLIPOUT;

    String words() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A network with weights drawn at random. */
  static CifarNetwork fresh(int depth, Flavour flavour, CifarRecipe recipe, long seed) {
    Init init = Init.seeded(seed);
    LayerFactory layers =
        flavour == Flavour.DETERMINISTIC
            ? LayerFactory.deterministic(init)
            : LayerFactory.variational(
                Estimator.valueOf(flavour.name()),
                VariationalSpec.defaults()
                    .withPrior(GaussianPrior.of(0, recipe.priorSigma()))
                    .withInitialSigma(recipe.initialSigma()),
                init);
    return new CifarNetwork(
        Zoo.cifarResNet(layers, depth, CifarData.CLASSES.size()), depth, flavour, seed);
  }

  /**
   * A trained network, made Bayesian by MOPED unless the flavour is deterministic.
   *
   * @param weights a file of PyTorch's, or one of safetensors with its names
   */
  static CifarNetwork converted(
      Path weights, int depth, Flavour flavour, CifarRecipe recipe, long seed) throws IOException {
    CifarNetwork plain = fresh(depth, Flavour.DETERMINISTIC, recipe, seed);
    TorchStateDict.load(plain.model, weights);
    if (flavour == Flavour.DETERMINISTIC) {
      return plain;
    }
    ConversionOptions options =
        ConversionOptions.of(Estimator.valueOf(flavour.name()))
            .withSpec(
                VariationalSpec.defaults().withPrior(GaussianPrior.of(0, recipe.priorSigma())))
            .withMoped(Moped.of(CifarRecipe.DELTA));
    return new CifarNetwork(DnnToBnn.convert(plain.model, options).model(), depth, flavour, seed);
  }

  /** A network of the same architecture with other weights. */
  Layer another() {
    return fresh(depth, flavour, CifarRecipe.VARIATIONAL, seed).model;
  }

  /** The same with another model. */
  CifarNetwork with(Layer other) {
    return new CifarNetwork(other, depth, flavour, seed);
  }

  MonteCarlo predictor(int samples, Precision precision) {
    MonteCarlo predictor =
        flavour == Flavour.DETERMINISTIC
            ? MonteCarlo.atMean(model)
            : MonteCarlo.of(model).samples(samples);
    return predictor.seed(seed).precision(precision);
  }

  Prediction read(ColourImages images, int samples, Precision precision) {
    return predictor(samples, precision).classify(images.tensor());
  }

  String words() {
    return "ResNet-" + depth + ", " + flavour.words();
  }

  void save(Path file) throws IOException {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("program", PROGRAM);
    words.put("depth", Integer.toString(depth));
    words.put("flavour", flavour.name());
    words.put("seed", Long.toString(seed));
    Checkpoint.save(model, file, words);
  }

  /**
   * Reads a checkpoint.
   *
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if another program wrote it
   */
  static CifarNetwork load(Path file) throws IOException {
    Map<String, String> words = SafeTensors.read(file).metadata();
    Check.argument(
        PROGRAM.equals(words.get("program")),
        "%s must be a checkpoint that 'cifar train' wrote, but names the program \"%s\"",
        file,
        words.getOrDefault("program", ""));
    int depth = (int) whole(file, words, "depth");
    String flavour = words.getOrDefault("flavour", "");
    Check.argument(
        Arrays.stream(Flavour.values()).anyMatch(one -> one.name().equals(flavour)),
        "%s: the word \"flavour\" is malformed: \"%s\"",
        file,
        flavour);
    CifarNetwork network =
        fresh(depth, Flavour.valueOf(flavour), CifarRecipe.VARIATIONAL, whole(file, words, "seed"));
    Checkpoint.load(network.model, file);
    return network;
  }

  private static long whole(Path file, Map<String, String> words, String name) {
    try {
      return Long.parseLong(words.getOrDefault(name, ""));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          file + ": the word \"" + name + "\" is malformed: \"" + words.get(name) + "\"", e);
    }
  }
}
