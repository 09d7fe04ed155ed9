package io.bayes4j.layers;

import java.util.Set;

/** Batch normalisation over [N, C] or [N, C, L], for each channel. */
public final class BatchNorm1d extends BatchNorm {
  /**
   * A layer with unit scale and zero shift.
   *
   * @throws IllegalArgumentException if channels is not above zero
   */
  public BatchNorm1d(long channels) {
    this(BatchNormSpec.of(channels));
  }

  /** A layer with options. */
  public BatchNorm1d(BatchNormSpec spec) {
    super(Set.of(2, 3), spec);
  }
}
