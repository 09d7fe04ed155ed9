package io.bayes4j.layers.zoo;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.Sequential;
import java.util.ArrayList;
import java.util.List;

/** Known architectures, each written once for plain and Bayesian layers. */
public final class Zoo {
  private Zoo() {}

  /**
   * A multilayer perceptron with ReLUs between its dense layers; images are flattened.
   *
   * @param widths number of inputs, of the units of each hidden layer, and of outputs
   * @throws IllegalArgumentException if there are less than two widths, or one is not above zero
   */
  public static Sequential mlp(LayerFactory layers, long... widths) {
    Require.argument(widths.length >= 2, "widths must be inputs, ..., outputs, got %d", widths.length);
    List<Layer> chain = new ArrayList<>(List.of(new Flatten()));
    for (int i = 1; i < widths.length; i++) {
      if (i > 1) {
        chain.add(Activation.RELU);
      }
      chain.add(layers.linear(widths[i - 1], widths[i]));
    }
    return Sequential.of(chain.toArray(Layer[]::new));
  }

  /**
   * The small CNN of Bayesian-Torch's MNIST example: two 3x3 convolutions of 32 and 64 channels, max pooling, dense layers of 128 and 10 units.
   * Inputs are [N, 1, 28, 28], outputs logits [N, 10].
   */
  public static Sequential mnistCnn(LayerFactory layers) {
    return Sequential.of(
        layers.conv2d(ConvSpec.conv2d(1, 32, 3)),
        Activation.RELU,
        layers.conv2d(ConvSpec.conv2d(32, 64, 3)),
        Activation.RELU,
        new MaxPool2d(2),
        new Flatten(),
        layers.linear(64 * 12 * 12, 128),
        Activation.RELU,
        layers.linear(128, 10));
  }
}
