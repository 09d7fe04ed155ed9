package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import java.util.LinkedHashMap;
import java.util.Map;

/** Scale and shift of a normalisation, at one and zero in the beginning. */
final class AffineParameters {
  private final Parameter scale;
  private final Parameter shift;
  private final boolean trained;

  /**
   * Makes them.
   *
   * @param trained whether they are parameters; if not, they stay at one and zero
   */
  AffineParameters(boolean trained, long... shape) {
    this.scale = new Parameter(Detached.full(1, shape));
    this.shift = new Parameter(Detached.zeros(shape));
    this.trained = trained;
    scale.setTrainable(trained);
    shift.setTrainable(trained);
  }

  Var scale() {
    return scale.var();
  }

  Var shift() {
    return shift.var();
  }

  Map<String, Parameter> byName() {
    Map<String, Parameter> all = new LinkedHashMap<>();
    if (trained) {
      all.put("weight", scale);
      all.put("bias", shift);
    }
    return all;
  }
}
