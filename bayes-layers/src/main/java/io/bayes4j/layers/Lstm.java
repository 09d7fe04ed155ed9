package io.bayes4j.layers;

import io.bayes4j.core.ops.recurrent.RecurrentCell;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997) over x [N, T, inputs], with PyTorch's
 * options and parameter names.
 */
public final class Lstm extends PlainRecurrent {
  /** One layer that reads forwards, with biases. */
  public Lstm(long inputs, long hidden, Init init) {
    this(RecurrentSpec.of(inputs, hidden), init);
  }

  /** With any options. */
  public Lstm(RecurrentSpec spec, Init init) {
    super(new RecurrentOp(RecurrentCell.LSTM, spec), init);
  }
}
