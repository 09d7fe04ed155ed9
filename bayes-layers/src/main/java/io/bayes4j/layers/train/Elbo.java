package io.bayes4j.layers.train;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.optim.Schedule;
import java.util.Arrays;
import java.util.List;

/**
 * The negative evidence lower bound, per example: mean over draws of the negative log-likelihood,
 * plus beta times the divergence of posterior from prior over the size of the data set.
 *
 * <p>With beta = 1 it is the bound itself (Blundell et al. 2015, equation 2). Below one it is a
 * tempered posterior: sharper than Bayes' rule says. The likelihood is averaged over draws before
 * anything is summed; logits are not.
 *
 * @param datasetSize number N of training examples
 * @param beta weight of the divergence over time
 * @param samples number of draws of the weights for each step
 */
@CheckReturnValue
public record Elbo(long datasetSize, Schedule beta, int samples) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if datasetSize or samples is not above zero
   */
  public Elbo {
    Require.positive(datasetSize, "datasetSize");
    Require.nonNull(beta, "beta");
    Require.positive(samples, "samples");
  }

  /** The bound itself, estimated from one draw for each step. */
  public static Elbo of(long datasetSize) {
    return new Elbo(datasetSize, Schedule.constant(1), 1);
  }

  /**
   * The same with another weight of the divergence, the same all the time.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Elbo withBeta(double constant) {
    return withBeta(Schedule.constant(Require.notNegative(constant, "beta")));
  }

  /** The same with another weight of the divergence over time. */
  public Elbo withBeta(Schedule schedule) {
    Require.nonNull(schedule, "schedule");
    return new Elbo(datasetSize, schedule, samples);
  }

  /** The same with another number of draws for each step. */
  public Elbo withSamples(int draws) {
    return new Elbo(datasetSize, beta, draws);
  }

  /**
   * The loss of a step.
   *
   * @param negativeLogLikelihoods one scalar for each draw, each a mean over the batch
   * @param kl divergence summed over all weights
   * @param epoch time, in epochs
   * @throws IllegalArgumentException if there is no likelihood, one or the divergence is no scalar,
   *     or beta is negative or not finite at that time
   */
  public Var loss(List<Var> negativeLogLikelihoods, Var kl, double epoch) {
    Require.elements(negativeLogLikelihoods, "negativeLogLikelihoods");
    Require.open(kl, "kl");
    Require.argument(!negativeLogLikelihoods.isEmpty(), "negativeLogLikelihoods must not be empty");
    negativeLogLikelihoods.forEach(
        likelihood -> requireScalar("each negative log-likelihood", likelihood));
    requireScalar("kl", kl);
    Var sum = negativeLogLikelihoods.stream().reduce(Ops::add).orElseThrow();
    Var likelihood = Ops.scale(sum, 1.0 / negativeLogLikelihoods.size());
    return Ops.add(likelihood, Ops.scale(kl, klWeight(epoch)));
  }

  private static void requireScalar(String name, Var var) {
    Require.argument(
        Arrays.stream(var.shape()).allMatch(length -> length == 1),
        "%s must be a scalar, the mean over the batch, got shape %s",
        name,
        Require.text(var.shape()));
  }

  /**
   * What the summed divergence is multiplied by: beta / N.
   *
   * @throws IllegalArgumentException if beta is negative or not finite at that time
   */
  public double klWeight(double epoch) {
    return Curve.at("beta", beta, epoch) / datasetSize;
  }
}
