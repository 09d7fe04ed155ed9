package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Joins the outputs [draws, N, ...] of several predictors of one shape, one after the other. */
final class StackedDraws {
  private final long predictors;
  private @Nullable INDArray all;
  private long @Nullable [] shape;
  private long count;

  StackedDraws(long predictors) {
    this.predictors = predictors;
  }

  /**
   * Takes the next outputs.
   *
   * @throws IllegalArgumentException if their shape is not that of the first
   */
  void add(INDArray outputs) {
    long draws = outputs.size(0);
    if (all == null) {
      shape = outputs.shape().clone();
      long[] whole = shape.clone();
      whole[0] = Math.multiplyExact(draws, predictors);
      all = Detached.forDraws(whole);
    }
    Require.argument(
        Arrays.equals(shape, outputs.shape()),
        "all networks must return outputs of one shape, got [draws, N, ...] = %s and %s",
        Arrays.toString(shape),
        Require.text(outputs.shape()));
    Detached.copy(
        outputs, Objects.requireNonNull(all).get(NDArrayIndex.interval(count, count + draws)));
    count += draws;
  }

  /** [predictors * draws, N, ...]. */
  INDArray all() {
    return Objects.requireNonNull(all);
  }
}
