package io.bayes4j.layers;

import io.bayes4j.core.ops.recurrent.RecurrentCell;

/**
 * Gated recurrent units (Cho et al. 2014) over x [N, T, inputs], with PyTorch's options and
 * parameter names.
 */
public final class Gru extends PlainRecurrent {
  /** One layer that reads forwards, with biases. */
  public Gru(long inputs, long hidden, Init init) {
    this(RecurrentSpec.of(inputs, hidden), init);
  }

  /** With any options. */
  public Gru(RecurrentSpec spec, Init init) {
    super(new RecurrentOp(RecurrentCell.GRU, spec), init);
  }
}
