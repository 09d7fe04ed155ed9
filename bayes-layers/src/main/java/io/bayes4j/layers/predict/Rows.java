package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks of what goes into a predictor and comes out: a row for each example. */
final class Rows {
  private Rows() {}

  /**
   * What a predictor returns.
   *
   * @throws IllegalArgumentException if it does not have a row for each example
   * @throws IllegalStateException if its draws are all one, since nothing in the model is random
   */
  static INDArray of(Predictor predictor, INDArray x) {
    INDArray outputs = predictor.outputs(x);
    Require.argument(
        outputs.rank() >= 2 && x.rank() >= 1 && outputs.size(1) == x.size(0),
        "the predictor must return [samples, N, ...] with a row for each of N = %d examples, got"
            + " shape %s",
        x.rank() == 0 ? 0 : x.size(0),
        Require.text(outputs.shape()));
    if (predictor instanceof MonteCarlo draws) {
      draws.requireRandom(outputs);
    }
    return outputs;
  }

  /**
   * Inputs, row-major.
   *
   * @throws IllegalArgumentException if they are not float, empty or not finite
   */
  static INDArray checked(INDArray x) {
    Require.open(x, "x");
    Require.argument(
        x.dataType() == DataType.FLOAT && x.rank() >= 1 && !x.isEmpty(),
        "x must be a non-empty float array, got %s %s",
        x.dataType(),
        Require.text(x.shape()));
    Finite.require("x", x);
    return Layout.ROW_MAJOR.ensure(x);
  }
}
