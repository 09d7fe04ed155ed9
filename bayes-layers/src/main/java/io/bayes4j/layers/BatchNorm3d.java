package io.bayes4j.layers;

import java.util.Set;

/** Batch normalisation over [N, C, D, H, W], for each channel. */
public final class BatchNorm3d extends BatchNorm {
  /**
   * A layer with unit scale and zero shift.
   *
   * @throws IllegalArgumentException if channels is not above zero
   */
  public BatchNorm3d(long channels) {
    this(BatchNormSpec.of(channels));
  }

  /** A layer with options. */
  public BatchNorm3d(BatchNormSpec spec) {
    super(Set.of(5), spec);
  }
}
