package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Activations;
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
    Noise noise = pass.noise();
    if (!pass.mode().noisePerExample()) {
      return Activations.drop(x, uniforms -> fillAlike(uniforms, noise), p);
    }
    long first = pass.firstExample();
    return Activations.drop(
        x, uniforms -> noise.fillUniforms(uniforms, first * perExample(uniforms)), p);
  }

  private static long perExample(INDArray uniforms) {
    return uniforms.length() / uniforms.size(0);
  }

  /** The same numbers for all examples. */
  private static void fillAlike(INDArray uniforms, Noise noise) {
    int perExample = Math.toIntExact(perExample(uniforms));
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
