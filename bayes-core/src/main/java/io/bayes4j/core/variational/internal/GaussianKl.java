package io.bayes4j.core.variational.internal;

import io.bayes4j.core.internal.FloatBits;
import io.bayes4j.core.internal.Scratch;
import java.util.Arrays;

/**
 * The KL divergence of the Gaussians of a tensor from their priors, chunk by chunk, each of {@link
 * Scratch#SIZE} elements.
 */
final class GaussianKl {
  private final PriorMoments prior;
  private final double[] partial;

  GaussianKl(PriorMoments prior, long length) {
    prior.requireLength(length);
    this.prior = prior;
    this.partial = new double[Math.toIntExact((length + Scratch.SIZE - 1) / Scratch.SIZE)];
  }

  void addTo(GaussianWork work) {
    work.add(
        (chunk, scratch) ->
            partial[(int) (chunk.at() / Scratch.SIZE)] = new Terms(prior, chunk, scratch).value());
  }

  /** The sum over all elements, once the work is done. */
  double value() {
    return Arrays.stream(partial).sum();
  }

  /** Adds scale times the gradients of the divergence of a chunk. */
  static void addGradients(
      PriorMoments prior,
      float scale,
      GaussianChunk chunk,
      float[] gradMu,
      float[] gradRho,
      Scratch scratch) {
    new Terms(prior, chunk, scratch).addGradients(scale, gradMu, gradRho);
  }

  /** The quantities of one chunk that the value and the gradient share. */
  private static final class Terms {
    /** Below this, softplus(rho) = exp(rho) and all that depends on it is settled. */
    private static final float LOWEST_RHO = -60f;

    /** exp(LOWEST_RHO). */
    private static final float LOWEST_SIGMA = 8.756511e-27f;

    private final GaussianChunk chunk;
    private final int n;
    private final Scratch scratch;

    /** 1 / prior sigma. */
    private final float[] precision;

    /** (mu - prior mean) / prior sigma. */
    private final float[] shift;

    /** sigma / prior sigma, with a sigma of at least LOWEST_SIGMA. */
    private final float[] ratio;

    Terms(PriorMoments prior, GaussianChunk chunk, Scratch scratch) {
      this.chunk = chunk;
      this.n = chunk.n();
      this.scratch = scratch;
      this.precision = scratch.array();
      this.shift = scratch.array();
      this.ratio = scratch.array();
      prior.readPrecision(chunk.at(), precision, n);
      prior.readMean(chunk.at(), shift, n);
      KlLoops.shift(chunk.mu(), shift, precision, shift, n);
      KlLoops.ratio(chunk.sigma(), LOWEST_SIGMA, precision, ratio, n);
    }

    double value() {
      float[] excess = scratch.array();
      float[] exponent = scratch.array();
      float[] mantissa = scratch.array();
      KlLoops.excess(chunk.rho(), LOWEST_RHO, excess, n);
      FloatBits.own().split(ratio, exponent, mantissa, n);
      KlLoops.exponentTerms(ratio, mantissa, exponent, n);
      KlLoops.scaleTerms(exponent, mantissa, n);
      KlLoops.addShiftTerms(shift, excess, mantissa, n);
      return KlLoops.sum(mantissa, n);
    }

    void addGradients(float scale, float[] gradMu, float[] gradRho) {
      float[] growth = scratch.array();
      KlLoops.growth(chunk.slope(), chunk.sigma(), LOWEST_SIGMA, growth, n);
      KlLoops.addMuGradient(shift, precision, scale, gradMu, n);
      KlLoops.addRhoGradient(growth, ratio, scale, gradRho, n);
    }
  }
}
