package io.bayes4j.layers.variational;

import io.bayes4j.core.autograd.AffineTerm;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Weights;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the randomness of a posterior reaches a layer's output.
 *
 * <p>An estimator knows of a layer only that it is affine in its weights. Both draw the weights
 * once for each pass.
 */
public enum Estimator {
  /**
   * One draw W = mu + sigma * eps, shared by all examples of the pass (Kingma and Welling 2014,
   * Blundell et al. 2015). Cheap; the gradients of a batch's examples are correlated.
   */
  REPARAMETERIZATION {
    @Override
    Weights draw(Posterior q, Noise noise) {
      return q.sample(noise);
    }

    @Override
    List<AffineTerm> terms(
        AffineOp op, Posterior q, Weights draw, Noise noise, long examples, long firstExample) {
      return List.of(draw.term());
    }
  },

  /**
   * One draw whose sign pattern differs between examples (Wen et al. 2018): y = A(x; mu) + s * A(x
   * * r; sigma * eps), with r and s vectors of random signs, one of each for every example. For an
   * example, that is a draw of the weights mu + sigma * eps * (s r'), as probable as the draw
   * itself, so the marginals are those of reparameterization while the examples' gradients are
   * uncorrelated. Signs are per example and channel, not per pixel: a weight is shared by all
   * pixels of an image, and so must its perturbation be.
   */
  FLIPOUT {
    @Override
    Weights draw(Posterior q, Noise noise) {
      return q.perturbation(noise);
    }

    @Override
    List<AffineTerm> terms(
        AffineOp op, Posterior q, Weights draw, Noise noise, long examples, long firstExample) {
      Noise signs = noise.split("signs");
      INDArray input = signs(signs.split("input"), examples, op.inputs(), firstExample);
      INDArray output = signs(signs.split("output"), examples, op.units(), firstExample);
      return List.of(q.mean().term(), draw.term(input, output));
    }
  };

  /** Signs, +1 or -1, that an example keeps whatever batch it comes in. */
  private static INDArray signs(Noise noise, long examples, long length, long firstExample) {
    INDArray signs = Arena.allocate(examples, length);
    noise.fillSigns(signs, firstExample * length);
    return signs;
  }

  /** What is drawn of the weights once for each pass. */
  abstract Weights draw(Posterior q, Noise noise);

  /**
   * What an operation does with one draw, as a sum of terms.
   *
   * @param noise for what differs between examples
   * @param examples number of examples
   * @param firstExample number of the first of them in the whole data set
   */
  abstract List<AffineTerm> terms(
      AffineOp op, Posterior q, Weights draw, Noise noise, long examples, long firstExample);
}
