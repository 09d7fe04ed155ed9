package io.bayes4j.layers;

import java.util.Set;

/** Batch normalisation over [N, C, H, W], for each channel. */
public final class BatchNorm2d extends BatchNorm {
  /**
   * A layer with unit scale and zero shift.
   *
   * @throws IllegalArgumentException if channels is not above zero
   */
  public BatchNorm2d(long channels) {
    this(BatchNormSpec.of(channels));
  }

  /** A layer with options. */
  public BatchNorm2d(BatchNormSpec spec) {
    super(Set.of(4), spec);
  }
}
