package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Outputs of predictors, which anybody may write, with a row for each example. */
final class Rows {
  private Rows() {}

  /**
   * What a predictor returns.
   *
   * @throws IllegalArgumentException if it does not have a row for each example
   */
  static INDArray of(Predictor predictor, INDArray x) {
    INDArray outputs = predictor.outputs(x);
    Require.argument(
        outputs.rank() >= 2 && x.rank() >= 1 && outputs.size(1) == x.size(0),
        "the predictor must return [samples, N, ...] with a row for each of N = %d examples, got"
            + " shape %s",
        x.rank() == 0 ? 0 : x.size(0),
        Arrays.toString(outputs.shape()));
    return outputs;
  }
}
