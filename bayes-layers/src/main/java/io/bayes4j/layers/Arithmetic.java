package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Arithmetic on arrays, element by element, as layers without parameters: of several inputs, from
 * the first to the last. Shapes broadcast as NumPy's do.
 */
@SuppressWarnings("ImmutableEnumChecker") // The functions hold no state.
public enum Arithmetic implements MultiInputLayer {
  /** a + b. */
  ADD(Ops::add),
  /** a - b. */
  SUB(Ops::sub),
  /** a * b. */
  MUL(Ops::mul),
  /** a / b. */
  DIV(Ops::div);

  private final BinaryOperator<Var> function;

  Arithmetic(BinaryOperator<Var> function) {
    this.function = function;
  }

  @Override
  public Var forward(List<Var> inputs, Pass pass) {
    Require.elements(inputs, "inputs");
    Require.nonNull(pass, "pass");
    Require.argument(!inputs.isEmpty(), "inputs must not be empty");
    return inputs.stream().reduce(function).orElseThrow();
  }

  /** The operation on two arrays. */
  Var apply(Var a, Var b) {
    return function.apply(a, b);
  }
}
