package io.bayes4j.layers.variational;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Pass;
import java.util.Arrays;
import java.util.Map;

/**
 * As {@link io.bayes4j.layers.Embedding}, with a Gaussian table that is drawn once for each pass: a
 * number means the same vector wherever it occurs in a batch.
 */
public final class EmbeddingReparameterization implements VariationalLayer {
  private final EmbeddingOp op;
  private final VariationalParameter table;

  /** A table with means of standard normals. */
  public EmbeddingReparameterization(long count, long units, VariationalSpec spec, Init init) {
    this(EmbeddingOp.of(count, units), spec, init);
  }

  /** A table with options. */
  public EmbeddingReparameterization(EmbeddingOp op, VariationalSpec spec, Init init) {
    this(
        op,
        Posterior.parameter(Require.nonNull(spec, "spec"), Require.nonNull(op, "op").table(init)));
  }

  EmbeddingReparameterization(EmbeddingOp op, VariationalParameter table) {
    Require.argument(
        Arrays.equals(table.posterior().shape(), op.tableShape()),
        "table must have shape %s, got %s",
        Require.text(op.tableShape()),
        Require.text(table.posterior().shape()));
    this.op = op;
    this.table = table;
  }

  /** The operation that the table is used in. */
  public EmbeddingOp op() {
    return op;
  }

  @Override
  public Map<String, VariationalParameter> distributions() {
    return Map.of("weight", table);
  }

  @Override
  public Map<String, Parameter> parameters() {
    return VariationalLayer.parameters(distributions());
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    if (!pass.mode().drawsWeights()) {
      return op.apply(x, table.posterior().mean());
    }
    return op.apply(x, drawn(pass));
  }

  @Override
  public void draw(Pass pass) {
    Require.nonNull(pass, "pass");
    if (pass.mode().drawsWeights()) {
      drawn(pass);
    }
  }

  private Var drawn(Pass pass) {
    return pass.draw(this, noise -> table.posterior().sample(noise.split("weight")));
  }

  @Override
  public String toString() {
    return "EmbeddingReparameterization(" + op + ")";
  }
}
