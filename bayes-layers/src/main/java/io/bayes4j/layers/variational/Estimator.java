package io.bayes4j.layers.variational;

import io.bayes4j.core.autograd.Ops;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Weights;
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
    Var push(AffineOp op, Posterior q, Weights draw, Signs signs, Var x) {
      return op.apply(x, draw);
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
    Var push(AffineOp op, Posterior q, Weights draw, Signs signs, Var x) {
      Var mean = op.apply(x, q.mean());
      Var delta = op.apply(op.scaleChannels(x, signs.input()), draw);
      return Ops.add(mean, op.scaleChannels(delta, signs.output()));
    }
  };

  /**
   * Signs of a batch, +1 or -1.
   *
   * @param input [N, inputs]
   * @param output [N, units]
   */
  record Signs(INDArray input, INDArray output) {
    /** Signs that an example keeps whatever batch it comes in. */
    static Signs draw(AffineOp op, Noise noise, long examples, long firstExample) {
      return new Signs(
          rows(noise.split("input"), examples, op.inputs(), firstExample),
          rows(noise.split("output"), examples, op.units(), firstExample));
    }

    private static INDArray rows(Noise noise, long examples, long length, long first) {
      INDArray signs = Arena.allocate(examples, length);
      noise.fillSigns(signs, first * length);
      return signs;
    }
  }

  /** What is drawn of the weights once for each pass. */
  abstract Weights draw(Posterior q, Noise noise);

  /** The output for one draw; signs are looked at by flipout alone. */
  abstract Var push(AffineOp op, Posterior q, Weights draw, Signs signs, Var x);

  /** Whether the estimator needs signs. */
  boolean usesSigns() {
    return this == FLIPOUT;
  }
}
