package io.bayes4j.layers.variational;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.GaussianDraws;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the randomness of a posterior reaches a layer's output.
 *
 * <p>An estimator knows of a layer only that it is affine in its weights.
 */
public enum Estimator {
  /**
   * One draw W = mu + sigma * eps, shared by all examples of the pass (Kingma and Welling 2014,
   * Blundell et al. 2015). Cheap; the gradients of a batch's examples are correlated.
   */
  REPARAMETERIZATION(WeightDraw.SHARED),

  /**
   * In training, one draw whose sign pattern differs between examples (Wen et al. 2018): y = A(x;
   * mu) + s * A(x * r; sigma * eps), with r and s vectors of random signs, one of each for every
   * example. For an example, that is a draw of the weights mu + sigma * eps * (s r'), as probable
   * as the draw itself, so the marginals are those of reparameterization while the examples'
   * gradients are uncorrelated. Signs are per example and channel, not per pixel: a weight is
   * shared by all pixels of an image, and so must its perturbation be. Predictions draw the
   * weights, as {@link #REPARAMETERIZATION} does: for an example that is the same distribution, a
   * pass is one network, and an answer does not depend on the example's place in a batch.
   */
  FLIPOUT(WeightDraw.SIGNED) {
    @Override
    Var forward(AffineOp op, Posterior q, Var x, Pass pass) {
      List<AffineTerm> terms = terms(op, q, x, pass);
      if (terms.size() == 1) {
        return op.apply(x, terms);
      }
      return op.joined(x, terms.get(0), terms.get(1)).orElseGet(() -> op.apply(x, terms));
    }
  },

  /**
   * In training, no draw of the weights but one of every output (Kingma, Salimans and Welling
   * 2015): y = A(x; mu) + sqrt(A(x^2; sigma^2)) * eps. Each output has the distribution that a draw
   * of the weights would give it, and the examples' gradients are independent. Exact for [N, F];
   * the pixels or steps of an example are drawn independently of each other although they share
   * weights. Predictions draw the weights, as {@link #REPARAMETERIZATION} does: a pass is then one
   * network. Not for recurrent layers, whose weights must stay the same in all steps.
   */
  LOCAL_REPARAMETERIZATION(null) {
    @Override
    void prepare(Posterior q, Pass pass) {
      if (!pass.mode().noisePerExample()) {
        super.prepare(q, pass);
      }
    }

    @Override
    Var forward(AffineOp op, Posterior q, Var x, Pass pass) {
      if (!pass.mode().noisePerExample()) {
        return super.forward(op, q, x, pass);
      }
      Weights variances = pass.once(q, q::variance);
      Var mean = op.apply(x, q.mean());
      // Padding adds zeros or copies, so that it does not matter that the square comes first.
      Var variance = op.apply(Ops.square(x), variances);
      return GaussianDraws.of(mean, variance, normals(mean, pass));
    }
  };

  /** Of passes whose examples have noise of their own; null if those do not draw weights. */
  private final @Nullable WeightDraw perExample;

  Estimator(@Nullable WeightDraw perExample) {
    this.perExample = perExample;
  }

  /** The output of an operation whose weights have a posterior. */
  Var forward(AffineOp op, Posterior q, Var x, Pass pass) {
    return op.apply(x, terms(op, q, x, pass));
  }

  /** What the draw of the pass makes of the layer; the first term is that of the means, if any. */
  List<AffineTerm> terms(AffineOp op, Posterior q, Var x, Pass pass) {
    return drawn(q, pass).terms(op, q, x.size(0), pass.firstExample());
  }

  /** Draws the weights, if the pass does. */
  void prepare(Posterior q, Pass pass) {
    drawn(q, pass);
  }

  private WeightDraw.Drawn drawn(Posterior q, Pass pass) {
    return pass.draw(q, noise -> weightDraw(pass.mode()).draw(q, noise));
  }

  /** What a pass of a mode that draws weights draws of them. */
  WeightDraw weightDraw(Mode mode) {
    return mode.noisePerExample() ? Objects.requireNonNull(perExample) : WeightDraw.SHARED;
  }

  /**
   * Checks that weights can be used more than once.
   *
   * @throws IllegalArgumentException if this estimator does not draw weights in all modes
   */
  Estimator requireWeightDraw(String layerKind) {
    Require.argument(
        perExample != null,
        "estimator of %s must draw weights, as REPARAMETERIZATION and FLIPOUT do, got %s",
        layerKind,
        this);
    return this;
  }

  /** Standard normals, of which an example keeps its own whatever batch it comes in. */
  private static INDArray normals(Var y, Pass pass) {
    INDArray normals = Arena.allocate(y.shape());
    long perExample = normals.length() / normals.size(0);
    pass.noise().split("outputs").fillNormals(normals, pass.firstExample() * perExample);
    return normals;
  }
}
