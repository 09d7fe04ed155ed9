package io.bayes4j.core.variational;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Access;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.internal.GaussianKernels;
import io.bayes4j.core.variational.internal.PriorMoments;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A factorised Gaussian over a tensor of weights: element i is N(mu_i, sigma_i^2) with sigma =
 * softplus(rho) = log(1 + e^rho).
 *
 * <p>rho is any real number, so that an optimizer needs no constraint (Blundell et al. 2015,
 * "Weight Uncertainty in Neural Networks").
 */
public final class GaussianPosterior {
  /** What rho is where an element is pruned: a spread of 4e-18, for whoever reads rho alone. */
  private static final float PRUNED_RHO = -40;

  private final Parameter mu;
  private final Parameter rho;

  private volatile KeptElements kept = KeptElements.ALL;

  private GaussianPosterior(Parameter mu, Parameter rho) {
    this.mu = mu;
    this.rho = rho;
  }

  /**
   * A posterior with copies of the given tensors.
   *
   * @throws IllegalArgumentException if the shapes differ, a type is not float, or a number is not
   *     finite
   */
  public static GaussianPosterior ofRho(INDArray mu, INDArray rho) {
    requireNumbers(mu, "mu");
    requireNumbers(rho, "rho");
    Require.argument(
        Arrays.equals(mu.shape(), rho.shape()),
        "mu and rho must have one shape, got %s and %s",
        Require.text(mu.shape()),
        Require.text(rho.shape()));
    return new GaussianPosterior(new Parameter(mu), new Parameter(rho));
  }

  /**
   * A posterior with a copy of mu and the same rho everywhere.
   *
   * @throws IllegalArgumentException if mu is not float or rho not finite
   */
  public static GaussianPosterior ofRho(INDArray mu, double rho) {
    Require.argument(Double.isFinite((float) rho), "rho must be finite, got %s", rho);
    requireNumbers(mu, "mu");
    return ofRho(mu, Detached.fill(Detached.like(mu), rho));
  }

  /**
   * A posterior with given standard deviations.
   *
   * @throws IllegalArgumentException if the shapes differ, a type is not float, or a sigma is not
   *     finite and above zero
   */
  public static GaussianPosterior ofSigma(INDArray mu, INDArray sigma) {
    requireNumbers(mu, "mu");
    Require.floats(sigma, "sigma");
    INDArray dense = Detached.copy(sigma);
    INDArray rho = Detached.like(dense);
    GaussianKernels.inverseSoftplus(dense, rho);
    return ofRho(mu, rho);
  }

  private static void requireNumbers(INDArray array, String name) {
    Require.floats(array, name);
    Require.argument(Finite.all(array), "%s must be finite", name);
  }

  /** The means. */
  public Parameter mu() {
    return mu;
  }

  /** The spreads before the softplus. */
  public Parameter rho() {
    return rho;
  }

  /** Lengths of the axes. */
  public long[] shape() {
    return mu.shape();
  }

  /** The standard deviations softplus(rho), computed now; 0 where an element is pruned. */
  public INDArray sigma() {
    INDArray sigma = softplus();
    keptElements().fillPruned(sigma, 0);
    return sigma;
  }

  /** softplus(rho), if it is computed once for many draws. */
  Optional<INDArray> sharedSigma() {
    DerivedWeights shared = DerivedWeights.ofDraw();
    List<INDArray> from = List.of(rho.value());
    return shared.covers(from)
        ? Optional.of(shared.once("sigma", from, this::softplus))
        : Optional.empty();
  }

  private INDArray softplus() {
    INDArray sigma = Arena.allocate(shape());
    GaussianKernels.sigma(Snapshot.read(rho.value()), sigma);
    return sigma;
  }

  /**
   * Fixes elements at zero: every draw of them is 0 from now on, no gradient reaches them, and they
   * are no part of a divergence (Blundell et al. 2015, section 5.1).
   *
   * @param kept 0 for the elements to prune and 1 for the others, in the posterior's shape; it
   *     takes the place of what was pruned before
   * @throws IllegalArgumentException if it is not float, of another shape, or has another number
   */
  public void prune(INDArray kept) {
    Require.open(kept, "kept");
    KeptElements some = KeptElements.of(kept, shape());
    Access.changing(
        Map.of("mu", mu, "rho", rho),
        () -> {
          some.fillPruned(mu.value(), 0);
          some.fillPruned(rho.value(), PRUNED_RHO);
          this.kept = some;
          return some;
        });
  }

  /** Lets what was pruned be trained again, from a mean of 0 and a spread of almost 0. */
  public void keepAll() {
    kept = KeptElements.ALL;
  }

  /**
   * 1 for each element that is kept, 0 for each that is pruned; empty if none is pruned. Do not
   * write into it.
   */
  public Optional<INDArray> kept() {
    return kept.mask();
  }

  /** As they are in the thread's snapshot, as means and spreads are where they are read. */
  KeptElements keptElements() {
    return Snapshot.now(this, kept);
  }

  /** Copies means, spreads, and what is pruned. */
  public void keepIn(Snapshot snapshot) {
    snapshot.copy(mu.value());
    snapshot.copy(rho.value());
    snapshot.keep(this, kept);
  }

  /** The mean as an input of operations. */
  public Var mean() {
    return keptElements().fixed(mu.var());
  }

  /**
   * One draw mu + sigma * eps, where eps are the normals of the noise (the reparameterization
   * trick).
   */
  public Var sample(Noise noise) {
    Require.nonNull(noise, "noise");
    INDArray w = Arena.allocate(shape());
    PosteriorSweep.add(this, work -> work.sample(noise, w));
    return keptElements()
        .fixed(
            Var.result(
                w,
                List.of(mu.var(), rho.var()),
                (g, sink) -> PosteriorGradients.draw(this, g, noise, true, sink)));
  }

  /** The random part sigma * eps of a draw. */
  public Var perturbation(Noise noise) {
    Require.nonNull(noise, "noise");
    INDArray delta = Arena.allocate(shape());
    PosteriorSweep.add(this, work -> work.perturb(noise, delta));
    return keptElements()
        .fixed(
            Var.result(
                delta,
                List.of(rho.var()),
                (g, sink) -> PosteriorGradients.draw(this, g, noise, false, sink)));
  }

  /** KL(this || a Gaussian for each element), summed over the elements; nothing must be pruned. */
  Var divergence(PriorMoments prior) {
    INDArray sum = Arena.allocate();
    PosteriorSweep.add(this, work -> work.kl(prior, sum));
    return Var.result(
        sum,
        List.of(mu.var(), rho.var()),
        (g, sink) -> PosteriorGradients.divergence(this, prior, g.getFloat(0), sink));
  }

  /** The standard deviations as an input of operations. */
  public Var standardDeviation() {
    Var r = rho.var();
    return keptElements()
        .fixed(
            Var.result(
                softplus(),
                List.of(r),
                (g, sink) ->
                    sink.add(
                        r,
                        () -> {
                          INDArray gradient = Arena.allocate(shape());
                          GaussianKernels.sigmaGradient(
                              Layout.ROW_MAJOR.ensure(g), rho.value(), gradient);
                          return gradient;
                        })));
  }

  /**
   * What is believed now as what is believed before the next data: a prior with a copy of every
   * mean and standard deviation (Nguyen et al. 2018, "Variational Continual Learning"). Pruned
   * elements have a prior that nobody asks.
   *
   * @throws IllegalArgumentException if a mean is not finite, or a standard deviation is not a
   *     normal float above zero
   */
  public GaussianPrior asPrior() {
    return GaussianPrior.of(mu.value(), softplus());
  }

  @Override
  public String toString() {
    return "GaussianPosterior" + Arrays.toString(shape());
  }
}
