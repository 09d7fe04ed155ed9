package io.bayes4j.layers;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Hands out initial weights to the layers of a model, each from a stream of its own: the same seed
 * and order of construction give the same model.
 *
 * <p>Kernels are normal with standard deviation sqrt(2 / fan-in) (He et al. 2015), biases zero.
 */
public final class Init {
  /** Null for zeros. */
  private final Noise noise;

  private long next;

  private Init(Noise noise) {
    this.noise = noise;
  }

  /** Initial weights that follow from a seed. */
  public static Init seeded(long seed) {
    return new Init(Noise.seeded(seed).split("init"));
  }

  /** Zeros, for layers whose weights are about to be read: no time is spent on random numbers. */
  public static Init zeros() {
    return new Init(null);
  }

  /** A kernel for an operation. */
  public INDArray kernel(AffineOp op) {
    Require.nonNull(op, "op");
    INDArray kernel = normals(op.kernelShape());
    return Detached.scale(kernel, Math.sqrt(2.0 / op.fanIn()));
  }

  /** A bias for an operation. */
  public INDArray bias(AffineOp op) {
    Require.nonNull(op, "op");
    return Detached.zeros(op.units());
  }

  /** Standard normals from a stream that is not used again; zeros, if all weights are. */
  public INDArray normals(long... shape) {
    if (noise == null) {
      return Detached.zeros(shape);
    }
    return noise.split(next++).normals(shape);
  }
}
