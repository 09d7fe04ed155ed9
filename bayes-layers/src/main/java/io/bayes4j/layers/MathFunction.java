package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Gelu;
import io.bayes4j.core.ops.Ops;
import java.util.function.UnaryOperator;

/** Functions of each element, as layers without parameters; x of any shape. */
@SuppressWarnings("ImmutableEnumChecker") // The functions hold no state.
public enum MathFunction implements Layer {
  /** e^x. */
  EXP(Ops::exp),
  /** Natural logarithm. */
  LOG(Ops::log),
  /** Square root. */
  SQRT(Ops::sqrt),
  /** x squared. */
  SQUARE(Ops::square),
  /** -x. */
  NEGATE(Ops::neg),
  /** The error function. */
  ERF(Gelu::erf),
  /** 1 / x. */
  RECIPROCAL(x -> Ops.div(Var.constant(1), x));

  private final UnaryOperator<Var> function;

  MathFunction(UnaryOperator<Var> function) {
    this.function = function;
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return function.apply(x);
  }
}
