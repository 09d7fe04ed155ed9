package io.bayes4j.quant;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;

/**
 * A quantized network, and what became of each of its layers.
 *
 * @param model the network: the same object as before if it is a block, whose slots were refilled;
 *     another one if the root itself was replaced
 * @param report on all layers
 */
public record Quantization(Layer model, QuantizationReport report) {
  /** Checks that both are there. */
  public Quantization {
    Require.nonNull(model, "model");
    Require.nonNull(report, "report");
  }
}
