package io.bayes4j.convert;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;

/**
 * A network made Bayesian.
 *
 * @param model the network: the same object if it is a block, whose slots were refilled; another
 *     one if the root itself was replaced
 * @param report what became of every layer
 */
public record Conversion(Layer model, ConversionReport report) {
  /** Checks the parts. */
  public Conversion {
    Require.nonNull(model, "model");
    Require.nonNull(report, "report");
  }
}
