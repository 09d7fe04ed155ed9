package io.bayes4j.layers.variational;

import io.bayes4j.core.autograd.AffineTerm;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Weights;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is drawn of the weights once for each pass, and how an operation uses it. */
enum WeightDraw {
  /** One draw for all examples. */
  SHARED {
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

  /** One perturbation, with signs of its own for each example. */
  SIGNED {
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
