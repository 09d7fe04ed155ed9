package io.bayes4j.imports.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Every operator that can be imported. */
final class Operators {
  /** How one is. */
  @FunctionalInterface
  interface Operator {
    /**
     * What it makes first; it puts further outputs into the scope itself.
     *
     * @throws IllegalArgumentException if its options or inputs are none that can be imported,
     *     worded to follow the operator's name
     */
    Value read(OpNode node, Scope scope);
  }

  private static final Map<String, Operator> ALL = new HashMap<>();

  static {
    ConstantOps.register(ALL);
    ControlOps.register(ALL);
    FlagOps.register(ALL);
    ArithmeticOps.register(ALL);
    ActivationOps.register(ALL);
    ShapeOps.register(ALL);
    SelectionOps.register(ALL);
    DenseOps.register(ALL);
    ConvOps.register(ALL);
    PoolOps.register(ALL);
    NormOps.register(ALL);
    RecurrentOps.register(ALL);
  }

  private Operators() {}

  /** How an operator of this name is read; empty if there is none. */
  static Optional<Operator> of(String type) {
    return Optional.ofNullable(ALL.get(type));
  }
}
