package io.bayes4j.quant;

import io.bayes4j.layers.Layer;

/** A layer that computes in 8-bit integers. */
interface QuantizedLayer extends Layer {
  /** Kind of the float layer that it was made from. */
  String from();
}
