package io.bayes4j.core.variational.internal;

import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Scratch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some adjacent Gaussians of a tensor: what tasks need of them is computed when the first one asks.
 * The arrays that it hands out are for reading.
 */
final class GaussianChunk {
  private final @Nullable FloatMemory mu;
  private final FloatMemory rho;
  private final @Nullable FloatMemory sigma;
  private final long at;
  private final int n;
  private final Field means;
  private final Field rhos;
  private final Field exponentials;
  private final Field sigmas;
  private final Field slopes;

  /** An array, and whether it has been filled. */
  private static final class Field {
    private final float[] array;
    private boolean filled;

    Field(Scratch scratch) {
      this.array = scratch.array();
    }
  }

  /**
   * The elements at ... at + n - 1.
   *
   * @param mu null if no task asks for means
   * @param sigma null if it is to be computed
   */
  GaussianChunk(
      @Nullable FloatMemory mu,
      FloatMemory rho,
      @Nullable FloatMemory sigma,
      long at,
      int n,
      Scratch scratch) {
    this.mu = mu;
    this.rho = rho;
    this.sigma = sigma;
    this.at = at;
    this.n = n;
    this.means = new Field(scratch);
    this.rhos = new Field(scratch);
    this.exponentials = new Field(scratch);
    this.sigmas = new Field(scratch);
    this.slopes = new Field(scratch);
  }

  /** Place of the first element in the tensor. */
  long at() {
    return at;
  }

  /** Number of elements. */
  int n() {
    return n;
  }

  float[] mu() {
    if (!means.filled) {
      Objects.requireNonNull(mu).read(at, means.array, n);
      means.filled = true;
    }
    return means.array;
  }

  float[] rho() {
    if (!rhos.filled) {
      rho.read(at, rhos.array, n);
      rhos.filled = true;
    }
    return rhos.array;
  }

  /** softplus(rho). */
  float[] sigma() {
    if (!sigmas.filled) {
      if (sigma == null) {
        FloatLoops.softplus(rho(), exponentials(), sigmas.array, n);
      } else {
        sigma.read(at, sigmas.array, n);
      }
      sigmas.filled = true;
    }
    return sigmas.array;
  }

  /** d sigma / d rho = sigmoid(rho). */
  float[] slope() {
    if (!slopes.filled) {
      FloatLoops.sigmoid(rho(), exponentials(), slopes.array, n);
      slopes.filled = true;
    }
    return slopes.array;
  }

  /** exp(-|rho|). */
  private float[] exponentials() {
    if (!exponentials.filled) {
      try (Scratch scratch = Scratch.open()) {
        FloatLoops.expNegativeAbsolute(rho(), exponentials.array, scratch.array(), n);
      }
      exponentials.filled = true;
    }
    return exponentials.array;
  }
}
