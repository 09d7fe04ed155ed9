package io.bayes4j.examples.programs;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.examples.cifar.Augmented;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.examples.data.DataOptions;
import io.bayes4j.examples.data.DigitData;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.examples.data.Normalization;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a study is of: images, and a network.
 *
 * @param words both, for people
 * @param training makes the images to learn from, as they are before the first epoch
 * @param validation images that none learns from
 * @param validationLabels their classes
 * @param test images to judge by
 * @param labels their classes
 * @param foreign images of other things, by name
 * @param network makes an untrained network
 * @param weights of a trained network, if there are any
 * @param precision of trainings and predictions
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record StudyTask(
    String words,
    Supplier<Dataset> training,
    INDArray validation,
    int[] validationLabels,
    StudyImages test,
    int[] labels,
    Map<String, INDArray> foreign,
    NetworkMaker network,
    Optional<Path> weights,
    Precision precision) {
  private static final int CLASSES = 10;
  private static final int VALIDATION = 5000;

  /** Makes an untrained network. */
  @FunctionalInterface
  interface NetworkMaker {
    Layer make(LayerFactory layers);
  }

  /**
   * How much is used.
   *
   * @param learned training images at most
   * @param judged test images, of every set, at most
   */
  record Extent(int learned, int judged) {}

  /** A perceptron and MNIST's digits. */
  static StudyTask mnist(DataOptions options, Extent extent, long seed) throws IOException {
    LoadedData data = DigitData.find(options);
    ImageSet train = first(data.train(), extent.learned);
    ImageSet test = first(data.test(), extent.judged);
    ImageSet validation = first(data.validation(), extent.judged);
    Normalization scale = Normalization.of(train);
    Map<String, INDArray> foreign = new LinkedHashMap<>();
    for (ImageSet set : data.outOfDistribution()) {
      foreign.put(set.name(), DigitTensors.normalized(first(set, extent.judged), scale));
    }
    INDArray noise = StudyImages.noise(seed, test.size(), test.height() * test.width());
    foreign.put("white noise", scale.apply(noise));
    Dataset digits = Dataset.of(DigitTensors.normalized(train, scale), train.labels(), CLASSES);
    return new StudyTask(
        "Perceptron 784-400-100-10; " + data.description(),
        () -> digits,
        DigitTensors.normalized(validation, scale),
        validation.labels(),
        StudyImages.grey(DigitTensors.flat(test), test.height(), seed, scale),
        test.labels(),
        foreign,
        layers -> Zoo.mlp(layers, 784, 400, 100, CLASSES),
        Optional.empty(),
        Precision.F32);
  }

  private static ImageSet first(ImageSet all, int number) {
    return all.slice(0, Math.min(number, all.size()));
  }

  /** A ResNet-20 that is trained, and CIFAR-10's pictures. */
  static StudyTask cifar(
      DataOptions options, Path weights, Extent extent, long seed, Precision precision)
      throws IOException {
    CifarData data = CifarData.find(options);
    ColourImages train = data.train().first(extent.learned);
    // The weights that a study begins with have seen every training image: what is fitted on
    // validation images has to be fitted on others, which are test images that nothing is judged
    // by.
    ColourImages unseen = data.test();
    int kept = Math.min(VALIDATION, unseen.size() / 2);
    ColourImages validation = unseen.slice(unseen.size() - kept, unseen.size());
    ColourImages test = unseen.slice(0, unseen.size() - kept).first(extent.judged);
    Map<String, INDArray> foreign = new LinkedHashMap<>();
    for (ColourImages set : foreign(options, extent, seed)) {
      foreign.put(set.name(), set.tensor());
    }
    return new StudyTask(
        "ResNet-20; " + data,
        () -> new Augmented(train, seed),
        validation.tensor(),
        validation.labels(),
        StudyImages.colour(test.light(), seed),
        test.labels(),
        foreign,
        layers -> Zoo.cifarResNet(layers, 20, CLASSES),
        Optional.of(weights),
        precision);
  }

  private static List<ColourImages> foreign(DataOptions options, Extent extent, long seed)
      throws IOException {
    ColourImages clothes = ColourImages.clothes().first(extent.judged);
    ColourImages noise = ColourImages.whiteNoise(clothes.size(), seed);
    Optional<ImageSet> letters =
        options.directory().isPresent()
            ? DigitData.letters(options.directory().get())
            : Optional.empty();
    return letters.isPresent()
        ? List.of(ColourImages.framed(first(letters.get(), extent.judged)), clothes, noise)
        : List.of(clothes, noise);
  }

  /** Images to learn from, as they are before the first epoch. */
  Dataset train() {
    return training.get();
  }

  /** A word for all that rows depend on beside the settings: images, weights, precision. */
  String identity() throws IOException {
    List<String> parts = new ArrayList<>(List.of(words, precision.toString()));
    parts.add(train().fingerprint());
    parts.add(Dataset.of(validation, validationLabels, CLASSES).fingerprint());
    parts.add(Dataset.of(test.clean(), labels, CLASSES).fingerprint());
    for (INDArray set : foreign.values()) {
      parts.add(Dataset.of(set, new int[(int) set.size(0)], CLASSES).fingerprint());
    }
    CRC32 sum = new CRC32();
    sum.update(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
    if (weights.isPresent()) {
      sum.update(Files.readAllBytes(weights.get()));
    }
    return Long.toHexString(sum.getValue());
  }

  /** Reads the weights, where a study begins with trained ones. */
  boolean loadInto(Layer model) throws IOException {
    if (weights.isPresent()) {
      TorchStateDict.load(model, weights.get());
    }
    return weights.isPresent();
  }
}
