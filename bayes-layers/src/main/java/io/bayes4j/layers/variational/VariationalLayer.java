package io.bayes4j.layers.variational;

import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import java.util.Map;

/**
 * A layer whose weights have a posterior; its divergence is asked for with {@link Kl}, never
 * returned by forward.
 */
public interface VariationalLayer extends Layer {
  /** The layer's weight tensors by name. */
  Map<String, VariationalParameter> distributions();
}
