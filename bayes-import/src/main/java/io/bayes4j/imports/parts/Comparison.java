package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Flags;
import io.bayes4j.layers.MultiInputLayer;
import io.bayes4j.layers.Pass;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Ones where a relation of two arrays holds, zeros elsewhere; one of both may be a constant. */
public final class Comparison implements MultiInputLayer {
  private final Flags.Relation relation;
  private final Operands operands;

  /**
   * A comparison.
   *
   * @param constants two, empty where an input stands; none is copied, none is a parameter
   */
  public Comparison(Flags.Relation relation, List<Optional<INDArray>> constants) {
    this.relation = Require.nonNull(relation, "relation");
    this.operands = Operands.of(2, constants);
  }

  /** What is asked. */
  public Flags.Relation relation() {
    return relation;
  }

  /** What is compared: constants, and empty places where inputs stand. */
  public List<Optional<INDArray>> constants() {
    return operands.constants();
  }

  @Override
  public Var forward(List<Var> inputs, Pass pass) {
    List<Var> both = operands.with(inputs);
    Require.nonNull(pass, "pass");
    return Flags.where(relation, both.get(0), both.get(1));
  }

  @Override
  public String toString() {
    return "Comparison(" + relation.name().toLowerCase(Locale.ROOT) + ")";
  }
}
