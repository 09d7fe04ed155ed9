package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arithmetic of the input and an array of weights, such as positions that are added to tokens, or
 * the scale of a layer. Shapes broadcast as NumPy's do. Its parameter is weight.
 */
public final class WeightArithmetic implements Layer {
  private final Arithmetic operation;
  private final Parameter weight;
  private final boolean weightFirst;

  /**
   * An operation with weights.
   *
   * @param initial weights, which are copied
   * @param weightFirst whether the weights are the left operand
   * @throws IllegalArgumentException if the weights are not float
   */
  public WeightArithmetic(Arithmetic operation, INDArray initial, boolean weightFirst) {
    this.operation = Require.nonNull(operation, "operation");
    this.weight = new Parameter(initial);
    this.weightFirst = weightFirst;
  }

  /** What is computed. */
  public Arithmetic operation() {
    return operation;
  }

  /** Whether the weights are the left operand. */
  public boolean weightFirst() {
    return weightFirst;
  }

  @Override
  public Map<String, Parameter> parameters() {
    return Map.of("weight", weight);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return weightFirst ? operation.apply(weight.var(), x) : operation.apply(x, weight.var());
  }

  @Override
  public String toString() {
    String shape = Arrays.toString(weight.shape());
    return "WeightArithmetic(" + operation + (weightFirst ? ", first" : "") + ", " + shape + ")";
  }
}
