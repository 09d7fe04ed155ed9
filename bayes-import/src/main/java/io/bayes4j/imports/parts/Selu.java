package io.bayes4j.imports.parts;

import io.bayes4j.layers.Elu;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.ScaleShift;
import io.bayes4j.layers.Sequential;

/** The exponential linear unit that keeps mean and variance (Klambauer et al. 2017). */
public final class Selu {
  private static final double ALPHA = 1.6732632423543772;
  private static final double GAMMA = 1.0507009873554805;

  private Selu() {}

  /** gamma times an ELU, with the constants of the paper. */
  public static Layer layer() {
    return Sequential.of(new Elu(ALPHA), new ScaleShift(GAMMA, 0));
  }
}
