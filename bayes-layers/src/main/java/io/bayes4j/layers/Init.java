package io.bayes4j.layers;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Hands out initial weights to the layers of a model, each from a stream of its own: the same seed
 * and order of construction give the same model.
 *
 * <p>Kernels are normal with standard deviation sqrt(2 / fan-in) (He et al. 2015), biases zero.
 */
public final class Init {
  /** Null for zeros. */
  private final @Nullable Noise noise;

  /** Null unless the weights are at hand. */
  private final @Nullable INDArray givenKernel;

  private final @Nullable INDArray givenBias;
  private long next;

  private Init(@Nullable Noise noise) {
    this(noise, null, null);
  }

  private Init(@Nullable Noise noise, @Nullable INDArray kernel, @Nullable INDArray bias) {
    this.noise = noise;
    this.givenKernel = kernel;
    this.givenBias = bias;
  }

  /** Initial weights that follow from a seed. */
  public static Init seeded(long seed) {
    return new Init(Noise.seeded(seed).split("init"));
  }

  /** Zeros, for layers whose weights are about to be read: no time is spent on random numbers. */
  public static Init zeros() {
    return new Init(null);
  }

  /**
   * Weights that are at hand, for one dense or convolutional layer: they become its own and are not
   * copied, so that a large network is read once.
   *
   * @param kernel float and row-major, which nobody uses afterwards
   * @param bias the same; empty for a layer without
   * @throws IllegalArgumentException if an array is closed or of another type
   */
  public static Init given(INDArray kernel, Optional<INDArray> bias) {
    requireOwnable(kernel, "kernel");
    Require.nonNull(bias, "bias").ifPresent(array -> requireOwnable(array, "bias"));
    return new Init(null, kernel, bias.orElse(null));
  }

  private static void requireOwnable(INDArray array, String name) {
    Require.open(array, name);
    Require.argument(
        array.dataType() == DataType.FLOAT && !array.isEmpty() && !array.isView(),
        "%s must be FLOAT, not empty and no view, got %s of shape %s",
        name,
        array.dataType(),
        Require.text(array.shape()));
    FloatMemory.of(array, name);
  }

  private static INDArray checked(@Nullable INDArray given, String name, long... shape) {
    Require.argument(
        given != null && Arrays.equals(given.shape(), shape),
        "%s must have shape %s, got %s",
        name,
        Require.text(shape),
        given == null ? "none" : Require.text(given.shape()));
    return Objects.requireNonNull(given);
  }

  /** A kernel for an operation. */
  public INDArray kernel(AffineOp op) {
    Require.nonNull(op, "op");
    if (givenKernel != null) {
      return checked(givenKernel, "kernel", op.kernelShape());
    }
    if (noise == null) {
      return Detached.zeros(op.kernelShape());
    }
    INDArray kernel = normals(op.kernelShape());
    return Detached.scale(kernel, Math.sqrt(2.0 / op.fanIn()));
  }

  /** A bias for an operation. */
  public INDArray bias(AffineOp op) {
    Require.nonNull(op, "op");
    return givenKernel == null
        ? Detached.zeros(op.units())
        : checked(givenBias, "bias", op.units());
  }

  /** Standard normals from a stream that is not used again; zeros, if all weights are. */
  public INDArray normals(long... shape) {
    if (noise == null) {
      return Detached.zeros(shape);
    }
    return noise.split(next++).normals(shape);
  }
}
