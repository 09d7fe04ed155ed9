package io.bayes4j.layers.posterior;

import org.jspecify.annotations.Nullable;

/**
 * Second derivatives of the negative log-likelihood by the outputs of some examples, for each a
 * diagonal matrix less the square of a vector, diag(d) - c c': no matrix of outputs by outputs is
 * made for any example.
 *
 * @param units how many outputs there are
 * @param diagonal d, [N, units]
 * @param coupling c, [N, units]; null where there is none
 */
record Bends(
    int units,
    @SuppressWarnings("ArrayRecordComponent") double[] diagonal,
    @SuppressWarnings("ArrayRecordComponent") double @Nullable [] coupling) {
  /** The same with those of each example times its weight. */
  Bends times(double[] weights) {
    double[] weighted = diagonal.clone();
    double[] coupled = coupling == null ? null : coupling.clone();
    for (int at = 0; at < weighted.length; at++) {
      weighted[at] *= weights[at / units];
      if (coupled != null) {
        coupled[at] *= Math.sqrt(weights[at / units]);
      }
    }
    return new Bends(units, weighted, coupled);
  }

  /** The derivatives by an output twice, [N, units]. */
  double[] ofOneOutput() {
    double[] own = diagonal.clone();
    if (coupling != null) {
      for (int at = 0; at < own.length; at++) {
        own[at] -= coupling[at] * coupling[at];
      }
    }
    return own;
  }
}
