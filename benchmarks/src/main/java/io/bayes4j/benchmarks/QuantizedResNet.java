package io.bayes4j.benchmarks;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.quant.ActivationRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Quantizes the ResNet-20 that MOPED made Bayesian, with each way to find ranges, and compares: see
 * {@link EightBits}.
 *
 * <p>Usage: {@code benchmarks/run quantized WEIGHTS TEST_BATCH TRAIN_BATCH [IMAGES [DELTA]]}: the
 * weights as .npz or .safetensors, images of the test and of the training set in the data set's
 * binary version, how many of the test images (2000 if it is left out), and MOPED's delta (0.1).
 */
final class QuantizedResNet {
  private QuantizedResNet() {}

  public static void main(String[] args) throws IOException {
    Require.argument(
        args.length >= 3 && args.length <= 5,
        "arguments must be WEIGHTS TEST_BATCH TRAIN_BATCH [IMAGES [DELTA]], got %d",
        args.length);
    int images = args.length > 3 ? Integer.parseInt(args[3]) : 2000;
    Require.positive((long) images, "IMAGES");
    double delta = args.length > 4 ? Double.parseDouble(args[4]) : 0.1;
    CifarBatch test = CifarBatch.read(Path.of(args[1])).first(images);
    INDArray train = CifarBatch.read(Path.of(args[2])).first(512).images();
    new EightBits("resnet20 MOPED " + delta, test.images(), test.labels())
        .compare(
            () -> load(Path.of(args[0]), delta),
            train,
            List.of(
                ActivationRange.minMax(),
                ActivationRange.percentile(),
                ActivationRange.squaredError(),
                ActivationRange.entropy()));
  }

  private static Layer load(Path weights, double delta) {
    try {
      Layer model = Zoo.cifarResNet(LayerFactory.deterministic(Init.seeded(0)), 20, 10);
      TorchStateDict.load(model, weights);
      ConversionOptions options =
          ConversionOptions.of(Estimator.REPARAMETERIZATION)
              .withMoped(Moped.of(delta).keepingPrior());
      return DnnToBnn.convert(model, options).model();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
