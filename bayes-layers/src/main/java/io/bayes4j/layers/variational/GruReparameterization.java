package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentSpec;
import java.util.Map;

/**
 * As {@link io.bayes4j.layers.Gru}, with Gaussian weights drawn by {@link
 * Estimator#REPARAMETERIZATION}.
 */
public final class GruReparameterization extends VariationalRecurrent {
  /** One layer that reads forwards, with biases. */
  public GruReparameterization(long inputs, long hidden, VariationalSpec spec, Init init) {
    this(RecurrentSpec.of(inputs, hidden), spec, init);
  }

  /** With any options. */
  public GruReparameterization(RecurrentSpec options, VariationalSpec spec, Init init) {
    this(new RecurrentOp(RecurrentCell.GRU, Require.nonNull(options, "options")), spec, init);
  }

  private GruReparameterization(RecurrentOp op, VariationalSpec spec, Init init) {
    this(op, fresh(op, spec, init));
  }

  GruReparameterization(RecurrentOp op, Map<String, VariationalParameter> distributions) {
    super(op, Estimator.REPARAMETERIZATION, distributions);
  }
}
