package io.bayes4j.layers;

import io.bayes4j.core.autograd.Activations;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sets elements to zero at random, with a probability p, and divides the others by 1 - p
 * (Srivastava et al. 2014). It drops in training, other elements of each example, and in passes of
 * {@link Mode#DROPOUT_SAMPLE}, the same elements of all examples: such a pass is one network. Each
 * use of the layer in a pass drops other elements.
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
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    if (!pass.mode().dropout() || p == 0) {
      return x;
    }
    INDArray uniforms = Arena.allocate(x.shape());
    long perExample = uniforms.length() / x.size(0);
    if (pass.mode().noisePerExample()) {
      pass.noise().fillUniforms(uniforms, pass.firstExample() * perExample);
    } else {
      fillAlike(uniforms, Math.toIntExact(perExample), pass.noise());
    }
    return Activations.drop(x, uniforms, p);
  }

  /** The same numbers for all examples. */
  private static void fillAlike(INDArray uniforms, int perExample, Noise noise) {
    float[] one = new float[perExample];
    noise.uniforms(one, 0, perExample, 0);
    FloatMemory all = FloatMemory.of(uniforms, "uniforms");
    for (long from = 0; from < all.length(); from += perExample) {
      all.write(from, one, perExample);
    }
  }

  @Override
  public String toString() {
    return "Dropout(" + p + ")";
  }
}
