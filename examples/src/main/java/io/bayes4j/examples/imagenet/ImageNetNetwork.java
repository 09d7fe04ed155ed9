package io.bayes4j.examples.imagenet;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.examples.Check;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.TensorFile;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.quant.Quantizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A residual network of torchvision's, plain or Bayesian.
 *
 * @param model the network
 * @param depth number of layers with weights
 * @param classes number of classes
 * @param estimator how weights are drawn; empty for a plain network
 * @param integers whether it computes in 8-bit integers
 */
record ImageNetNetwork(
    Layer model, int depth, int classes, Optional<Estimator> estimator, boolean integers) {
  private static final String PROGRAM = "bayes4j-imagenet-1";
  private static final String LAST = "fc.weight";
  private static final String PLAIN = "PLAIN";

  /**
   * Reads torchvision's weights, or what {@link #save} wrote.
   *
   * @param file of PyTorch's, or of safetensors
   * @param depth of torchvision's network; what was saved says its own
   */
  static ImageNetNetwork read(Path file, int depth) throws IOException {
    TensorFile content = TorchStateDict.read(file);
    if (PROGRAM.equals(content.metadata().get("program"))) {
      return saved(file, content.metadata());
    }
    int classes = classesOf(content, file);
    Layer model = architecture(depth, classes, Optional.empty());
    TorchStateDict.load(model, file);
    return new ImageNetNetwork(model, depth, classes, Optional.empty(), false);
  }

  private static int classesOf(TensorFile content, Path file) {
    return content.tensors().entrySet().stream()
        .filter(entry -> entry.getKey().equals(LAST) || entry.getKey().endsWith("." + LAST))
        .map(Map.Entry::getValue)
        .mapToInt(ImageNetNetwork::rows)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    file
                        + " must hold the weights of one of torchvision's residual networks, but"
                        + " has no \""
                        + LAST
                        + "\""));
  }

  private static int rows(INDArray weight) {
    return Math.toIntExact(weight.size(0));
  }

  private static ImageNetNetwork saved(Path file, Map<String, String> words) throws IOException {
    int depth = whole(file, words, "depth");
    int classes = whole(file, words, "classes");
    String drawn = words.getOrDefault("estimator", "");
    Optional<Estimator> estimator =
        Arrays.stream(Estimator.values()).filter(one -> one.name().equals(drawn)).findFirst();
    Check.argument(
        estimator.isPresent() || drawn.equals(PLAIN),
        "%s: the word \"estimator\" is malformed: \"%s\"",
        file,
        drawn);
    boolean integers = Boolean.parseBoolean(words.get("integers"));
    Layer model;
    if (integers) {
      model = Quantizer.load(() -> architecture(depth, classes, estimator), file);
    } else {
      model = architecture(depth, classes, estimator);
      Checkpoint.load(model, file);
    }
    return new ImageNetNetwork(model, depth, classes, estimator, integers);
  }

  private static int whole(Path file, Map<String, String> words, String name) {
    try {
      return Integer.parseInt(words.getOrDefault(name, ""));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          file
              + ": the word \""
              + name
              + "\" is malformed: \""
              + words.getOrDefault(name, "")
              + "\"",
          e);
    }
  }

  private static Layer architecture(int depth, int classes, Optional<Estimator> estimator) {
    Init init = Init.seeded(0);
    return Zoo.imageNetResNet(
        estimator
            .map(one -> LayerFactory.variational(one, VariationalSpec.defaults(), init))
            .orElseGet(() -> LayerFactory.deterministic(init)),
        depth,
        classes);
  }

  /** A network of the same architecture with other weights, in floats. */
  Layer another() {
    return architecture(depth, classes, estimator);
  }

  /** The same in 8-bit integers. */
  ImageNetNetwork quantized(Layer other) {
    return new ImageNetNetwork(other, depth, classes, estimator, true);
  }

  MonteCarlo predictor(int samples, long seed, Precision precision) {
    MonteCarlo predictor =
        estimator.isPresent() ? MonteCarlo.of(model).samples(samples) : MonteCarlo.atMean(model);
    return predictor.seed(seed).precision(precision(precision));
  }

  /** What is multiplied where floats are: such as was asked for, but wide beside integers. */
  Precision precision(Precision asked) {
    return integers ? Precision.F32 : asked;
  }

  /** The same with weights that are drawn, N(w, (delta |w|)²), by MOPED. */
  ImageNetNetwork bayesian(Estimator drawn, double delta) {
    ConversionOptions options = ConversionOptions.of(drawn).withMoped(Moped.of(delta));
    return new ImageNetNetwork(
        DnnToBnn.convert(model, options).model(), depth, classes, Optional.of(drawn), false);
  }

  /** Writes a Bayesian network, or one of integers, for {@link #read}. */
  void save(Path file) throws IOException {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("program", PROGRAM);
    words.put("depth", Integer.toString(depth));
    words.put("classes", Integer.toString(classes));
    words.put("estimator", estimator.map(Estimator::name).orElse(PLAIN));
    words.put("integers", Boolean.toString(integers));
    if (integers) {
      Quantizer.save(model, file);
      TensorFile content = SafeTensors.read(file);
      words.putAll(content.metadata());
      SafeTensors.write(file, content.tensors(), words);
    } else {
      Checkpoint.save(model, file, words);
    }
  }

  String words() {
    return "ResNet-"
        + depth
        + ", "
        + estimator.map(one -> one.name().toLowerCase(Locale.ROOT)).orElse("plain")
        + (integers ? ", 8-bit integers" : "");
  }
}
