package io.bayes4j.layers.variational;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A layer whose weights have a posterior; its divergence is asked for with {@link Kl}, never
 * returned by forward.
 */
public interface VariationalLayer extends Layer {
  /** The layer's weight tensors by name. */
  Map<String, VariationalParameter> distributions();

  /**
   * Draws what forward will ask the pass for, with {@link Pass#once}, if it asks for anything.
   * {@link Kl#drawing} calls it for all layers of a model before they run, so that one sweep
   * computes all draws: their values are not there yet when it returns. A layer that does nothing
   * here draws when it runs.
   */
  default void draw(Pass pass) {}

  /** The parameters of distributions by name: of each its means and its spreads. */
  static Map<String, Parameter> parameters(Map<String, VariationalParameter> distributions) {
    Require.entries(distributions, "distributions");
    Map<String, Parameter> all = new LinkedHashMap<>();
    distributions.forEach(
        (name, weights) -> {
          GaussianPosterior q = weights.posterior();
          all.put(name + ".mu", q.mu());
          all.put(name + ".rho", q.rho());
        });
    return all;
  }
}
