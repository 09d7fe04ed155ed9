package io.bayes4j.examples.imagenet;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.TensorFile;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
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
 */
record ImageNetNetwork(Layer model, int depth, int classes, Optional<Estimator> estimator) {
  private static final String PROGRAM = "bayes4j-imagenet-1";
  private static final String LAST = "fc.weight";

  /**
   * Reads torchvision's weights, or what {@link #save} wrote.
   *
   * @param file of PyTorch's, or of safetensors
   * @param depth of torchvision's network; what was saved says its own
   */
  static ImageNetNetwork read(Path file, int depth) throws IOException {
    TensorFile content = TorchStateDict.read(file);
    if (PROGRAM.equals(content.metadata().get("program"))) {
      return saved(file);
    }
    int classes = classesOf(content, file);
    Layer model = Zoo.imageNetResNet(LayerFactory.deterministic(Init.seeded(0)), depth, classes);
    TorchStateDict.load(model, file);
    return new ImageNetNetwork(model, depth, classes, Optional.empty());
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

  private static ImageNetNetwork saved(Path file) throws IOException {
    Map<String, String> words = SafeTensors.read(file).metadata();
    int depth = Integer.parseInt(words.getOrDefault("depth", ""));
    int classes = Integer.parseInt(words.getOrDefault("classes", ""));
    Estimator estimator = Estimator.valueOf(words.getOrDefault("estimator", ""));
    Layer model =
        Zoo.imageNetResNet(
            LayerFactory.variational(estimator, VariationalSpec.defaults(), Init.seeded(0)),
            depth,
            classes);
    Checkpoint.load(model, file);
    return new ImageNetNetwork(model, depth, classes, Optional.of(estimator));
  }

  /** The same with weights that are drawn, N(w, (delta |w|)²), by MOPED. */
  ImageNetNetwork bayesian(Estimator drawn, double delta) {
    ConversionOptions options = ConversionOptions.of(drawn).withMoped(Moped.of(delta));
    return new ImageNetNetwork(
        DnnToBnn.convert(model, options).model(), depth, classes, Optional.of(drawn));
  }

  /** Writes a Bayesian network for {@link #read}. */
  void save(Path file) throws IOException {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("program", PROGRAM);
    words.put("depth", Integer.toString(depth));
    words.put("classes", Integer.toString(classes));
    words.put("estimator", estimator.orElseThrow().name());
    Checkpoint.save(model, file, words);
  }

  String words() {
    return "ResNet-"
        + depth
        + ", "
        + estimator.map(one -> one.name().toLowerCase(Locale.ROOT)).orElse("plain");
  }
}
