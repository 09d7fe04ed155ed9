package io.bayes4j.layers.train;

import io.bayes4j.layers.Layer;
import java.util.Map;

/** Figures of a model on data that it is not trained on. */
@FunctionalInterface
public interface Validation {
  /** The figures by name; where smaller is not better, do not stop early on them. */
  Map<String, Double> evaluate(Layer model);
}
