package io.bayes4j.quant;

import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AdaptiveMaxPool;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool1d;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.MaxPool3d;
import io.bayes4j.layers.MovesNumbers;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.StochasticDepth;
import java.util.Optional;

/** Layers without weights that compute in floats, and why. */
final class FloatLayers {
  private FloatLayers() {}

  /**
   * Why a layer without weights of its own is float in a quantized network; empty if it is part of
   * the 8-bit layer before it, only passes numbers on, or only holds other layers.
   */
  static Optional<String> why(Layer layer) {
    if (layer instanceof MultiheadAttention) {
      return Optional.of("its scores, their softmax and the mean of the values are float");
    }
    boolean holds = !layer.slots().isEmpty();
    return holds || followsProducts(layer) || passesOn(layer)
        ? Optional.empty()
        : Optional.of("a layer of this kind computes in floats");
  }

  /** Why a batch normalisation was not folded. */
  static String whyNotFolded(BatchNorm norm, boolean calibrated, boolean folding) {
    if (!folding) {
      return "the options leave normalisations in float";
    }
    if (!calibrated) {
      return "only a calibration sees what is in front of it";
    }
    return norm.spec().runningStatistics()
        ? "it is not the only reader of one affine 8-bit layer"
        : "it takes the statistics of each batch";
  }

  /** Whether the 8-bit product before it computes it in the same pass over its sums. */
  private static boolean followsProducts(Layer layer) {
    return layer == Activation.RELU || layer == Arithmetic.ADD;
  }

  private static boolean passesOn(Layer layer) {
    return layer instanceof Identity
        || layer instanceof Dropout
        || layer instanceof StochasticDepth
        || layer instanceof Flatten
        || layer instanceof Reshape
        || layer instanceof AdaptiveMaxPool
        || layer instanceof MaxPool1d
        || layer instanceof MaxPool2d
        || layer instanceof MaxPool3d
        || layer instanceof MovesNumbers;
  }
}
