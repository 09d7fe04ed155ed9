package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array of weights, the same for every example, such as the class token of a vision transformer:
 * [1, ...] repeated along the first axis as often as the input is long there. Its parameter is
 * weight.
 */
public final class BatchWeight implements Layer {
  private final Parameter weight;

  /**
   * With initial weights, which are copied.
   *
   * @throws IllegalArgumentException if they are not float, or the first axis is not of length one
   */
  public BatchWeight(INDArray initial) {
    this.weight = new Parameter(initial);
    long[] shape = weight.shape();
    Require.argument(
        shape.length > 0 && shape[0] == 1,
        "initial must be [1, ...], got shape %s",
        Require.text(shape));
  }

  @Override
  public Map<String, Parameter> parameters() {
    return Map.of("weight", weight);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(x.rank() >= 1, "x must be [N, ...], got a scalar");
    long[] ones = weight.shape();
    Arrays.fill(ones, 1);
    ones[0] = x.size(0);
    return Ops.add(weight.var(), Var.constant(Detached.zeros(ones)));
  }

  @Override
  public String toString() {
    return "BatchWeight(" + Arrays.toString(weight.shape()) + ")";
  }
}
