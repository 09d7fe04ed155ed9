package io.bayes4j.core.variational;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is believed of a tensor of weights before data are seen.
 *
 * <p>A prior of one's own extends {@link DensityPrior}, which asks for the logarithm of the density
 * alone, or implements this if it knows the divergence in closed form; one that computes with the
 * divergence from another prior asks for it in {@link PosteriorSweep#now}. Immutable; several
 * layers and threads may share one.
 */
public interface Prior {
  /**
   * The Kullback-Leibler divergence KL(posterior || prior) in nats, summed over the elements that
   * are not pruned, with its gradient.
   *
   * @param noise used by priors whose divergence is estimated from a draw, ignored by the others
   * @return a scalar
   * @throws IllegalArgumentException if the prior has one mean or sigma for each element of another
   *     shape
   */
  Var kl(GaussianPosterior posterior, Noise noise);

  /**
   * What files call priors of this type: lower-case letters, digits and hyphens, starting with a
   * letter.
   */
  String kind();

  /** All numbers that make this prior, by name, for files. Do not write into them. */
  Map<String, INDArray> numbers();

  /**
   * A prior of the same kind with other numbers, as a file holds them.
   *
   * @param numbers by the names of {@link #numbers}
   * @throws IllegalArgumentException if they make no such prior
   */
  Prior withNumbers(Map<String, INDArray> numbers);
}
