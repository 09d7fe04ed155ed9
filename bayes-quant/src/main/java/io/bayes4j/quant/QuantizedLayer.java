package io.bayes4j.quant;

import io.bayes4j.layers.PredictionOnly;

/** A layer that computes in 8-bit integers. */
interface QuantizedLayer extends PredictionOnly {
  /** Kind of the float layer that it was made from. */
  String from();
}
