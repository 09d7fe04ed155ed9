package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Weights;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A recurrent layer with deterministic weights: what the kinds of cell share. */
public abstract sealed class PlainRecurrent implements Recurrent permits Lstm, Gru {
  private final RecurrentOp op;
  private final Map<String, Parameter> parameters;

  PlainRecurrent(RecurrentOp op, Init init) {
    Require.nonNull(init, "init");
    this.op = op;
    this.parameters =
        Collections.unmodifiableMap(
            op.byName(
                part -> new Parameter(op.kernel(part, init)),
                part -> new Parameter(init.bias(part.op()))));
  }

  @Override
  public final RecurrentOp op() {
    return op;
  }

  @Override
  public final Map<String, Parameter> parameters() {
    return parameters;
  }

  @Override
  public final RecurrentOutput run(
      Var x, RecurrentState initial, @Nullable SequenceLengths lengths, Pass pass) {
    return op.apply(x, initial, lengths, pass, this::terms);
  }

  private List<AffineTerm> terms(RecurrentOp.Part part) {
    Parameter bias = parameters.get(part.bias());
    Var kernel = Require.entry(parameters, part.weight()).var();
    return List.of(new Weights(kernel, bias == null ? null : bias.var()).term());
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "(" + op.spec() + ")";
  }
}
