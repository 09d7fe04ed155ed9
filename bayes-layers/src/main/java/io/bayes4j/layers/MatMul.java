package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Attentions;
import java.util.List;

/**
 * The product of two arrays as stacks of matrices: [..., M, K] times [..., K, N], one product for
 * each position of the leading axes.
 */
public final class MatMul implements MultiInputLayer {
  /** A layer without parameters. */
  public MatMul() {}

  @Override
  public Var forward(List<Var> inputs, Pass pass) {
    Require.elements(inputs, "inputs");
    Require.nonNull(pass, "pass");
    Require.argument(inputs.size() == 2, "inputs must be 2 arrays, got %d", inputs.size());
    return Attentions.matmul(inputs.get(0), inputs.get(1));
  }

  @Override
  public String toString() {
    return "MatMul()";
  }
}
