package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Clamps;
import io.bayes4j.core.ops.Gelu;
import io.bayes4j.core.ops.Ops;
import java.util.function.UnaryOperator;

/** Activation functions as layers without parameters; x of any shape. */
@SuppressWarnings("ImmutableEnumChecker") // The functions hold no state.
public enum Activation implements Layer {
  /** max(x, 0). */
  RELU(Activations::relu),
  /** x above zero, 0.01 x below. */
  LEAKY_RELU(x -> Activations.leakyRelu(x, 0.01)),
  /** x above zero, e^x - 1 below. */
  ELU(x -> Activations.elu(x, 1)),
  /** x sigmoid(x). */
  SILU(Activations::silu),
  /** Gaussian error linear unit, tanh form. */
  GELU(Activations::gelu),
  /** Gaussian error linear unit as defined, PyTorch's default. */
  GELU_EXACT(Gelu::exact),
  /** 1 / (1 + e^-x). */
  SIGMOID(Activations::sigmoid),
  /** Hyperbolic tangent. */
  TANH(Activations::tanh),
  /** log(1 + e^x). */
  SOFTPLUS(Activations::softplus),
  /** min(max(x, 0), 6). */
  RELU6(x -> Clamps.clamp(x, 0, 6)),
  /** x min(max(x + 3, 0), 6) / 6. */
  HARDSWISH(Clamps::hardSwish),
  /** min(max(x / 6 + 1/2, 0), 1), as PyTorch has it; others have another {@link HardSigmoid}. */
  HARDSIGMOID(x -> Clamps.hardSigmoid(x, 1.0 / 6, 0.5)),
  /** x tanh(log(1 + e^x)) (Misra 2020). */
  MISH(x -> Ops.mul(x, Activations.tanh(Activations.softplus(x))));

  private final UnaryOperator<Var> function;

  Activation(UnaryOperator<Var> function) {
    this.function = function;
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return function.apply(x);
  }
}
