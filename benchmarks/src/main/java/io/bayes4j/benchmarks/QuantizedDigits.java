package io.bayes4j.benchmarks;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.quant.ActivationRange;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Quantizes the convolutional network that {@code examples/run mnist train} saved, with ranges by
 * the extremes and by percentile: see {@link EightBits}.
 *
 * <p>Usage: {@code benchmarks/run quantized-digits CHECKPOINT FOLDER [DIGITS [ESTIMATOR]]}, the
 * folder with MNIST's four .gz files, how many of the test digits (2000 if it is left out), and how
 * weights are drawn, if not as they were in training.
 */
final class QuantizedDigits {
  private static final int CALIBRATION = 512;
  private static final int SIDE = 28;

  private QuantizedDigits() {}

  public static void main(String[] args) throws IOException {
    Require.argument(
        args.length >= 2 && args.length <= 4,
        "arguments must be CHECKPOINT FOLDER [DIGITS [ESTIMATOR]], got %d",
        args.length);
    int digits = args.length > 2 ? Integer.parseInt(args[2]) : 2000;
    Path checkpoint = Path.of(args[0]);
    Path folder = Path.of(args[1]);
    Map<String, String> words = SafeTensors.read(checkpoint).metadata();
    Estimator estimator =
        Estimator.valueOf(
            args.length > 3 ? args[3] : Require.nonNull(words.get("flavour"), "flavour"));
    new EightBits(
            "MNIST CNN " + estimator,
            images(folder.resolve("t10k-images-idx3-ubyte.gz"), digits, words),
            labels(folder.resolve("t10k-labels-idx1-ubyte.gz"), digits))
        .compare(
            () -> load(checkpoint, estimator),
            images(folder.resolve("train-images-idx3-ubyte.gz"), CALIBRATION, words),
            List.of(ActivationRange.minMax(), ActivationRange.percentile()));
  }

  private static Layer load(Path checkpoint, Estimator estimator) {
    try {
      Layer model =
          Zoo.mnistCnn(
              LayerFactory.variational(estimator, VariationalSpec.defaults(), Init.seeded(0)));
      Checkpoint.load(model, checkpoint);
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static INDArray images(Path file, int count, Map<String, String> words) throws IOException {
    float mean = Float.parseFloat(words.get("mean"));
    float deviation = Float.parseFloat(words.get("deviation"));
    byte[] bytes = read(file, 16, count * SIDE * SIDE);
    float[] pixels = new float[bytes.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = ((bytes[i] & 0xff) / 255f - mean) / deviation;
    }
    return Nd4j.create(pixels, new long[] {count, 1, SIDE, SIDE}, 'c');
  }

  static int[] labels(Path file, int count) throws IOException {
    byte[] bytes = read(file, 8, count);
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = bytes[i];
    }
    return labels;
  }

  private static byte[] read(Path file, int header, int length) throws IOException {
    byte[] bytes = new byte[header + length];
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      new DataInputStream(in).readFully(bytes);
    }
    return Arrays.copyOfRange(bytes, header, bytes.length);
  }
}
