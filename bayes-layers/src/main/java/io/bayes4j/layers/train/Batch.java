package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Require;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Some examples of a data set.
 *
 * @param inputs one example a row
 * @param targets one target a row
 * @param weights how often each example counts, [examples]; null if each counts once
 */
public record Batch(INDArray inputs, INDArray targets, @Nullable INDArray weights) {
  /** Checks that the arrays are there. */
  public Batch {
    Require.open(inputs, "inputs");
    Require.open(targets, "targets");
    Require.openIfGiven(weights, "weights");
  }

  /** Examples that each count once. */
  public Batch(INDArray inputs, INDArray targets) {
    this(inputs, targets, null);
  }
}
