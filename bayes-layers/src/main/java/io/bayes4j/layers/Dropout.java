package io.bayes4j.layers;

import io.bayes4j.core.autograd.Activations;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sets elements to zero at random, with a probability p, and divides the others by 1 - p
 * (Srivastava et al. 2014). It drops in training, and in passes of {@link Mode#DROPOUT_SAMPLE}.
 */
public final class Dropout implements Layer {
  private final double p;

  /**
   * Dropout of elements.
   *
   * @param p probability that an element is dropped
   * @throws IllegalArgumentException if p is not in [0, 1)
   */
  public Dropout(double p) {
    Require.argument(p >= 0 && p < 1, "p must be in [0, 1), got %s", p);
    this.p = p;
  }

  /** Probability that an element is dropped. */
  public double p() {
    return p;
  }

  @Override
  public Var forward(Var x, Pass pass) {
    if (!pass.mode().dropout() || p == 0) {
      return x;
    }
    // An example keeps its numbers whatever batch it comes in.
    INDArray uniforms = Arena.allocate(x.shape());
    long perExample = x.value().length() / x.size(0);
    pass.noise().fillUniforms(uniforms, pass.firstExample() * perExample);
    return Activations.drop(x, uniforms, p);
  }

  @Override
  public String toString() {
    return "Dropout(" + p + ")";
  }
}
