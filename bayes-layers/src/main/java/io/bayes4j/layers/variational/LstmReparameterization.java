package io.bayes4j.layers.variational;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentSpec;
import java.util.Map;

/**
 * As {@link io.bayes4j.layers.Lstm}, with Gaussian weights drawn by {@link
 * Estimator#REPARAMETERIZATION}.
 */
public final class LstmReparameterization extends VariationalRecurrent {
  /** One layer that reads forwards, with biases. */
  public LstmReparameterization(long inputs, long hidden, VariationalSpec spec, Init init) {
    this(RecurrentSpec.of(inputs, hidden), spec, init);
  }

  /** With any options. */
  public LstmReparameterization(RecurrentSpec options, VariationalSpec spec, Init init) {
    this(new RecurrentOp(RecurrentCell.LSTM, Require.nonNull(options, "options")), spec, init);
  }

  private LstmReparameterization(RecurrentOp op, VariationalSpec spec, Init init) {
    this(op, fresh(op, spec, init));
  }

  LstmReparameterization(RecurrentOp op, Map<String, VariationalParameter> distributions) {
    super(op, Estimator.REPARAMETERIZATION, distributions);
  }
}
