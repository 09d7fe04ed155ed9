package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Flags;
import io.bayes4j.layers.MultiInputLayer;
import io.bayes4j.layers.Pass;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One array where flags are not zero, another elsewhere, such as the scores of attention behind a
 * mask. Each of the three may be a constant. The gradient goes to what was chosen.
 */
public final class Choice implements MultiInputLayer {
  private final Operands operands;

  /**
   * A choice.
   *
   * @param constants flags, the array where they are set and the other, empty where an input
   *     stands; none is copied, none is a parameter
   */
  public Choice(List<Optional<INDArray>> constants) {
    this.operands = Operands.of(3, constants);
  }

  /** Flags and arrays: constants, and empty places where inputs stand. */
  public List<Optional<INDArray>> constants() {
    return operands.constants();
  }

  @Override
  public Var forward(List<Var> inputs, Pass pass) {
    List<Var> all = operands.with(inputs);
    Require.nonNull(pass, "pass");
    return Flags.choose(all.get(0), all.get(1), all.get(2));
  }

  @Override
  public String toString() {
    return "Choice()";
  }
}
