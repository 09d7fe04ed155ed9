package io.bayes4j.core.variational.internal;

import io.bayes4j.core.internal.FloatBits;
import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The KL divergence of a Gaussian posterior from a Gaussian prior, and its gradient. */
final class GaussianKl {
  private final FloatMemory mu;
  private final FloatMemory rho;
  private final PriorMoments prior;

  GaussianKl(INDArray mu, INDArray rho, PriorMoments prior) {
    this.mu = FloatMemory.of(mu, "mu");
    this.rho = FloatMemory.of(rho, "rho", this.mu.length());
    this.prior = prior;
    prior.requireLength(this.mu.length());
  }

  double value() {
    return Parallel.sum(
        mu.length(),
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            return new KlChunk(from, (int) (to - from), scratch).value();
          }
        });
  }

  void gradient(float scale, INDArray gradMu, INDArray gradRho) {
    Target target = new Target(scale, gradMu, gradRho);
    Parallel.forRange(
        mu.length(),
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            new KlChunk(from, (int) (to - from), scratch).gradient(target);
          }
        });
  }

  /** Where the scaled gradients go. */
  private final class Target {
    private final float scale;
    private final FloatMemory gradMu;
    private final FloatMemory gradRho;

    Target(float scale, INDArray gradMu, INDArray gradRho) {
      Require.argument(Float.isFinite(scale), "scale must be finite, got %s", scale);
      this.scale = scale;
      this.gradMu = FloatMemory.of(gradMu, "gradMu", mu.length());
      this.gradRho = FloatMemory.of(gradRho, "gradRho", mu.length());
    }
  }

  /** The quantities of one chunk that the value and the gradient share. */
  private final class KlChunk {
    /** Below this, softplus(rho) = exp(rho) and all that depends on it is settled. */
    private static final float LOWEST_RHO = -60f;

    private final long at;
    private final int n;
    private final Scratch scratch;

    /** How far rho lies below LOWEST_RHO: at most zero. */
    private final float[] excess;

    private final float[] exp;
    private final float[] clamped;
    private final float[] sigma;

    /** 1 / prior sigma. */
    private final float[] precision;

    /** (mu - prior mean) / prior sigma. */
    private final float[] shift;

    /** sigma / prior sigma. */
    private final float[] ratio;

    KlChunk(long at, int n, Scratch scratch) {
      this.at = at;
      this.n = n;
      this.scratch = scratch;
      this.excess = scratch.array();
      this.clamped = scratch.array();
      this.exp = scratch.array();
      this.sigma = scratch.array();
      this.precision = scratch.array();
      this.shift = scratch.array();
      this.ratio = scratch.array();
      float[] priorMean = ratio;
      rho.read(at, excess, n);
      KlLoops.clamp(excess, LOWEST_RHO, clamped, n);
      FloatLoops.expNegativeAbsolute(clamped, exp, sigma, n);
      FloatLoops.softplus(clamped, exp, sigma, n);
      prior.readPrecision(at, precision, n);
      mu.read(at, shift, n);
      prior.readMean(at, priorMean, n);
      KlLoops.shift(priorMean, precision, shift, n);
      FloatLoops.multiply(sigma, precision, ratio, n);
    }

    double value() {
      float[] exponent = scratch.array();
      float[] mantissa = scratch.array();
      FloatBits.own().split(ratio, exponent, mantissa, n);
      KlLoops.exponentTerms(ratio, mantissa, exponent, n);
      KlLoops.scaleTerms(exponent, mantissa, n);
      KlLoops.addShiftTerms(shift, excess, mantissa, n);
      return KlLoops.sum(mantissa, n);
    }

    void gradient(Target target) {
      float[] out = scratch.array();
      KlLoops.muGradient(shift, precision, target.scale, out, n);
      target.gradMu.write(at, out, n);
      FloatLoops.sigmoid(clamped, exp, out, n);
      KlLoops.rhoGradient(sigma, ratio, target.scale, out, n);
      target.gradRho.write(at, out, n);
    }
  }
}
