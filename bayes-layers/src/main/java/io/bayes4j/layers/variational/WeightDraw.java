package io.bayes4j.layers.variational;

import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.AffineOp;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is drawn of the weights once for each pass, and how an operation uses it. */
enum WeightDraw {
  /** One draw for all examples. */
  SHARED {
    @Override
    Drawn draw(Posterior q, Noise noise) {
      return new Drawn(q.sample(noise), null);
    }
  },

  /** One perturbation, with signs of its own for each example. */
  SIGNED {
    @Override
    Drawn draw(Posterior q, Noise noise) {
      return new Drawn(q.perturbation(noise), noise.split("signs"));
    }
  };

  /**
   * A draw: the weights themselves, or their perturbation and what its signs come from.
   *
   * @param signs the same at each use of the layer in a pass, as the weights are; null for none
   */
  record Drawn(Weights weights, @Nullable Noise signs) {
    /**
     * What an operation does with the draw, as a sum of terms.
     *
     * @param examples number of examples
     * @param firstExample number of the first of them in the whole data set
     */
    List<AffineTerm> terms(AffineOp op, Posterior q, long examples, long firstExample) {
      if (signs == null) {
        return List.of(weights.term());
      }
      INDArray input = signs(signs.split("input"), examples, op.inputs(), firstExample);
      INDArray output = signs(signs.split("output"), examples, op.units(), firstExample);
      return List.of(q.mean().term(), weights.term(input, output));
    }

    /** Signs, +1 or -1, of which an example keeps its own. */
    private static INDArray signs(Noise noise, long examples, long length, long firstExample) {
      INDArray signs = Arena.allocate(examples, length);
      noise.fillSigns(signs, firstExample * length);
      return signs;
    }
  }

  /** What is drawn of the weights once for each pass. */
  abstract Drawn draw(Posterior q, Noise noise);
}
