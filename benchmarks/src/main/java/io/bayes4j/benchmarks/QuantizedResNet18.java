package io.bayes4j.benchmarks;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import io.bayes4j.quant.ActivationRange;
import java.io.IOException;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Quantizes a Bayesian ResNet-18 with ImageNet's shapes and random weights, on images of normal
 * noise: see {@link EightBits}.
 *
 * <p>Usage: {@code benchmarks/run quantized-resnet18 [IMAGES [SIGMA]]}: 8 images and an initial
 * sigma of 0.01 if they are left out.
 */
final class QuantizedResNet18 {
  private static final int CLASSES = 1000;
  private static final int CALIBRATION = 16;

  private QuantizedResNet18() {}

  public static void main(String[] args) throws IOException {
    Require.argument(args.length <= 2, "arguments must be [IMAGES [SIGMA]], got %d", args.length);
    int images = args.length > 0 ? Integer.parseInt(args[0]) : 8;
    double sigma = args.length > 1 ? Double.parseDouble(args[1]) : 0.01;
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(sigma);
    new EightBits("ResNet-18 of random weights", noise(1, images), new int[0])
        .compare(
            () ->
                Zoo.imageNetResNet(
                    LayerFactory.variational(Estimator.REPARAMETERIZATION, spec, Init.seeded(1)),
                    18,
                    CLASSES),
            noise(2, CALIBRATION),
            List.of(ActivationRange.minMax(), ActivationRange.percentile()));
  }

  private static INDArray noise(long seed, int images) {
    return Noise.seeded(seed).normals(images, 3, 224, 224);
  }
}
