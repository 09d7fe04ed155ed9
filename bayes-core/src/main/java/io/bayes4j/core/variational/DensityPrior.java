package io.bayes4j.core.variational;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A prior that is known by the logarithm of its density: extend it for a prior of your own.
 *
 * <pre>{@code
 * final class LaplacePrior extends DensityPrior {
 *   @Override
 *   protected Var logDensity(Var weights) {
 *     Var size = Ops.sqrt(Ops.shift(Ops.square(weights), 1e-12));
 *     return Ops.shift(Ops.scale(size, -1 / scale), -Math.log(2 * scale));
 *   }
 *   ...
 * }
 * }</pre>
 *
 * <p>The posterior's entropy is analytic; the expected logarithm of the prior is estimated from one
 * draw, without bias and with the draw's own gradient (Blundell et al. 2015).
 */
public abstract class DensityPrior implements Prior {
  /** Below it, softplus(rho) is e^rho but for what a float rounds off. */
  private static final float SMALL = -15;

  private static final double ENTROPY_OF_STANDARD_NORMAL = 0.5 * (1 + Math.log(2 * Math.PI));

  /** For subclasses. */
  protected DensityPrior() {}

  /**
   * Logarithm of the density of each weight, in nats.
   *
   * @param weights drawn weights, those that are not pruned, as a vector
   * @return a vector of the same length, computed with operations that have gradients
   */
  protected abstract Var logDensity(Var weights);

  @Override
  public final Var kl(GaussianPosterior posterior, Noise noise) {
    Require.nonNull(posterior, "posterior");
    Require.nonNull(noise, "noise");
    KeptElements kept = posterior.keptElements();
    return kept.none() ? Var.constant(0) : PosteriorSweep.now(() -> divergence(posterior, noise));
  }

  private Var divergence(GaussianPosterior posterior, Noise noise) {
    KeptElements kept = posterior.keptElements();
    Var weights = kept.gather(posterior.sample(noise));
    Var density = logDensity(weights);
    Require.state(
        density != null && Arrays.equals(density.shape(), weights.shape()),
        "logDensity of %s must return %d numbers, one for each weight, got %s",
        this,
        weights.size(0),
        density == null ? null : Require.text(density.shape()));
    Var logSigma = Ops.sum(logSoftplus(kept.gather(posterior.rho().var())));
    Var entropy = Ops.shift(logSigma, ENTROPY_OF_STANDARD_NORMAL * weights.size(0));
    return Ops.neg(Ops.add(entropy, Ops.sum(density)));
  }

  /** log sigma, for spreads that no float holds, too. */
  private static Var logSoftplus(Var rho) {
    INDArray value =
        Elementwise.map(
            rho.value(),
            (r, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = r[i] < SMALL ? r[i] : (float) Math.log(softplus(r[i]));
              }
            });
    return Var.result(
        value,
        List.of(rho),
        (g, sink) -> sink.add(rho, () -> Elementwise.map(g, rho.value(), DensityPrior::gradient)));
  }

  private static void gradient(float[] g, float[] r, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      double slope = r[i] < SMALL ? 1 : 1 / ((1 + Math.exp(-r[i])) * softplus(r[i]));
      out[i] = (float) (g[i] * slope);
    }
  }

  private static double softplus(double r) {
    return Math.max(r, 0) + Math.log1p(Math.exp(-Math.abs(r)));
  }
}
