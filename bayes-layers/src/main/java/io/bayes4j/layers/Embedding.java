package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.Map;

/**
 * A table of vectors, of which each number of the input names one: x [N] or [N, T] of whole numbers
 * becomes [N, units] or [N, T, units]. Its parameter is weight [count, units].
 */
public final class Embedding implements Layer {
  private final EmbeddingOp op;
  private final Parameter weight;

  /** A table of standard normals. */
  public Embedding(long count, long units, Init init) {
    this(EmbeddingOp.of(count, units), init);
  }

  /** A table with options. */
  public Embedding(EmbeddingOp op, Init init) {
    Require.nonNull(op, "op");
    Require.nonNull(init, "init");
    this.op = op;
    this.weight = new Parameter(op.table(init));
  }

  /** The operation that the table is used in. */
  public EmbeddingOp op() {
    return op;
  }

  @Override
  public Map<String, Parameter> parameters() {
    return Map.of("weight", weight);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.nonNull(pass, "pass");
    Require.open(x, "x");
    return op.apply(x, weight.var());
  }

  @Override
  public String toString() {
    return "Embedding(" + op + ")";
  }
}
