package io.bayes4j.quant;

import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;

/** What quantized layers of all kinds share. */
final class QuantizedLayers {
  private QuantizedLayers() {}

  /** Whether a layer computes in 8-bit integers. */
  static boolean is(Layer layer) {
    return layer instanceof QuantizedAffine;
  }

  static void requirePrediction(Layer layer, Pass pass) {
    if (pass.mode().batchStatistics()) {
      throw new UnsupportedOperationException(
          layer + " cannot be trained: train the float model, then quantize it");
    }
  }
}
