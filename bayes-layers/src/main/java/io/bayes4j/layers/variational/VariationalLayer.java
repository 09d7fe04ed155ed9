package io.bayes4j.layers.variational;

import io.bayes4j.core.autograd.Parameter;
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
   * Draws what forward will ask the pass for, if anything: called for all layers of a model at once
   * before they run, it lets {@link Kl#drawing} draw them in one sweep. A layer whose forward draws
   * with {@link Pass#once} need not have it.
   */
  default void draw(Pass pass) {}

  /** The parameters of distributions by name: of each its means and its spreads. */
  static Map<String, Parameter> parameters(Map<String, VariationalParameter> distributions) {
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
