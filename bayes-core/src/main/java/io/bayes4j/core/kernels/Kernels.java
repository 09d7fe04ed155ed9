package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The heavy kernels, checked at this edge and computed by the best {@link KernelProvider} on the
 * class path.
 *
 * <p>The choice is made once, before the first operation, and logged; it never changes while a
 * program runs.
 */
public final class Kernels {
  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

  /** Only tests set it, to run a piece of work on a provider of their choice. */
  private static final ThreadLocal<KernelProvider> OVERRIDE = new ThreadLocal<>();

  private Kernels() {}

  private static final class Chosen {
    static final KernelProvider PROVIDER = choose();
  }

  /** The provider that computes. */
  public static KernelProvider provider() {
    KernelProvider override = OVERRIDE.get();
    return override == null ? Chosen.PROVIDER : override;
  }

  /** The portable provider on ND4J, which is the specification of all others. */
  public static KernelProvider portable() {
    return Nd4jKernels.INSTANCE;
  }

  /**
   * Runs a piece of work of this thread on a given provider: for tests and benchmarks that compare
   * providers.
   */
  public static <T> T with(KernelProvider provider, Supplier<T> work) {
    KernelProvider before = OVERRIDE.get();
    OVERRIDE.set(provider);
    try {
      return work.get();
    } finally {
      if (before == null) {
        OVERRIDE.remove();
      } else {
        OVERRIDE.set(before);
      }
    }
  }

  private static KernelProvider choose() {
    KernelProvider best = Nd4jKernels.INSTANCE;
    Iterator<KernelProvider> found = ServiceLoader.load(KernelProvider.class).iterator();
    while (found.hasNext()) {
      try {
        KernelProvider next = found.next();
        best =
            Comparator.comparingInt(KernelProvider::priority).compare(next, best) > 0 ? next : best;
      } catch (ServiceConfigurationError e) {
        Throwable why = e.getCause() == null ? e : e.getCause();
        LOG.warn(
            "A kernel provider on the class path cannot serve this machine: {}", why.toString());
      }
    }
    LOG.info("Bayes4J computes with {}", best.name());
    return best;
  }

  /**
   * Matrix product op(a) op(b), where op transposes if asked to.
   *
   * @throws IllegalArgumentException if an operand is no float matrix or the inner lengths differ
   */
  public static INDArray matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    requireFloat("a", a, 2);
    requireFloat("b", b, 2);
    long inner = a.size(transposeA ? 0 : 1);
    Require.argument(
        inner == b.size(transposeB ? 1 : 0),
        "inner lengths must be equal, got a %s%s and b %s%s",
        Arrays.toString(a.shape()),
        transposeA ? " transposed" : "",
        Arrays.toString(b.shape()),
        transposeB ? " transposed" : "");
    return provider().matmul(a, transposeA, b, transposeB);
  }

  /**
   * x [N, F] times the transpose of weight [U, F], plus bias [U] unless it is null.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray linear(INDArray x, INDArray weight, INDArray bias) {
    requireFloat("x", x, 2);
    requireFloat("weight", weight, 2);
    Require.argument(
        x.size(1) == weight.size(1),
        "x must have %d features, got shape %s",
        weight.size(1),
        Arrays.toString(x.shape()));
    requireVector("bias", bias, weight.size(0));
    return provider().linear(x, weight, bias);
  }

  /**
   * Cross-correlation of x [N, C, spatial] with weight [U, C / groups, kernel], plus bias [U]
   * unless it is null.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray conv(INDArray x, INDArray weight, INDArray bias, ConvGeometry geometry) {
    requireConv(x, weight, bias, geometry);
    return provider().conv(x, weight, bias, geometry);
  }

  /**
   * {@link #conv(INDArray, INDArray, INDArray, ConvGeometry)} with an epilogue, in a prediction. A
   * ReLU turns what is not a number into zero only if the weights and x are finite.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray conv(
      INDArray x, INDArray weight, INDArray bias, ConvGeometry geometry, Epilogue epilogue) {
    requireConv(x, weight, bias, geometry);
    if (epilogue.addend() != null) {
      requireShape("addend", epilogue.addend(), geometry.outputShape(x.shape(), weight.size(0)));
    }
    boolean maySwallow = epilogue.relu() && !Finite.all(weight);
    return maySwallow
        ? epilogue.apply(provider().conv(x, weight, bias, geometry))
        : provider().conv(x, weight, bias, geometry, epilogue);
  }

  /**
   * Checks the operands of {@link #conv}.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static void requireConv(
      INDArray x, INDArray weight, INDArray bias, ConvGeometry geometry) {
    requireFloat("x", x, geometry.rank() + 2);
    requireFloat("weight", weight, geometry.rank() + 2);
    requireKernel(weight.shape(), x.size(1), geometry);
    requireVector("bias", bias, weight.size(0));
    geometry.outputShape(x.shape(), weight.size(0));
  }

  /**
   * Gradient of {@link #conv} with respect to x; also a transposed convolution of gradY.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x of this shape gives, or the
   *     weight does not fit
   */
  public static INDArray convBackwardData(
      INDArray gradY, INDArray weight, long[] shapeX, ConvGeometry geometry) {
    requireFloat("weight", weight, geometry.rank() + 2);
    requireShape("gradY", gradY, geometry.outputShape(shapeX, weight.size(0)));
    requireKernel(weight.shape(), shapeX[1], geometry);
    return provider().convBackwardData(gradY, weight, shapeX, geometry);
  }

  /**
   * Gradient of {@link #conv} with respect to the weight.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x gives, or shapeW does not fit
   */
  public static INDArray convBackwardWeights(
      INDArray x, INDArray gradY, long[] shapeW, ConvGeometry geometry) {
    requireFloat("x", x, geometry.rank() + 2);
    requireKernel(shapeW, x.size(1), geometry);
    requireShape("gradY", gradY, geometry.outputShape(x.shape(), shapeW[0]));
    return provider().convBackwardWeights(x, gradY, shapeW, geometry);
  }

  /**
   * Both gradients of {@link #conv}.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x gives, or the weight does not
   *     fit
   */
  public static KernelProvider.ConvGradients convBackward(
      INDArray x, INDArray weight, INDArray gradY, ConvGeometry geometry) {
    requireFloat("x", x, geometry.rank() + 2);
    requireFloat("weight", weight, geometry.rank() + 2);
    requireKernel(weight.shape(), x.size(1), geometry);
    requireShape("gradY", gradY, geometry.outputShape(x.shape(), weight.size(0)));
    return provider().convBackward(x, weight, gradY, geometry);
  }

  /**
   * Largest value of each window; padding never wins.
   *
   * @throws IllegalArgumentException if x does not fit the window, or the window is dilated
   */
  public static INDArray maxPool(INDArray x, ConvGeometry window) {
    requireWindow(x, window);
    return provider().maxPool(x, window);
  }

  /**
   * Gradient of {@link #maxPool}: each gradient goes to the first largest value of its window.
   *
   * @throws IllegalArgumentException if y or gradY is not the shape that x gives
   */
  public static INDArray maxPoolBackward(
      INDArray x, INDArray y, INDArray gradY, ConvGeometry window) {
    requireWindow(x, window);
    requireShape("y", y, window.outputShape(x.shape(), x.size(1)));
    requireShape("gradY", gradY, y.shape());
    return provider().maxPoolBackward(x, y, gradY, window);
  }

  /**
   * Mean of each window, padding counted as zeros.
   *
   * @throws IllegalArgumentException if x does not fit the window, or the window is dilated
   */
  public static INDArray avgPool(INDArray x, ConvGeometry window) {
    requireWindow(x, window);
    return provider().avgPool(x, window);
  }

  /**
   * Gradient of {@link #avgPool}.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x of this shape gives
   */
  public static INDArray avgPoolBackward(INDArray gradY, long[] shapeX, ConvGeometry window) {
    requireShape("gradY", gradY, window.outputShape(shapeX, shapeX[1]));
    return provider().avgPoolBackward(gradY, shapeX, window);
  }

  /**
   * Batch normalisation with the batch's own statistics over all axes but 1.
   *
   * @throws IllegalArgumentException if the shapes do not fit, or there is one element a channel
   */
  public static KernelProvider.BatchNorm batchNorm(
      INDArray x, INDArray scale, INDArray shift, double epsilon) {
    requireBatchNorm(x, scale, shift, epsilon);
    return provider().batchNorm(x, scale, shift, epsilon);
  }

  /**
   * Checks the operands of {@link #batchNorm}.
   *
   * @throws IllegalArgumentException if the shapes do not fit, or there is one element a channel
   */
  public static void requireBatchNorm(INDArray x, INDArray scale, INDArray shift, double epsilon) {
    requireChannels(x, "scale", scale);
    requireChannels(x, "shift", shift);
    Require.positive(epsilon, "epsilon");
    Require.argument(
        x.length() > x.size(1),
        "x must have more than one element a channel to have a variance, got shape %s",
        Arrays.toString(x.shape()));
  }

  /**
   * Gradients of {@link #batchNorm}.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static KernelProvider.BatchNormGradients batchNormBackward(
      INDArray x,
      INDArray gradY,
      INDArray scale,
      KernelProvider.BatchNorm forward,
      double epsilon) {
    requireShape("gradY", gradY, x.shape());
    requireChannels(x, "scale", scale);
    return provider().batchNormBackward(x, gradY, scale, forward, epsilon);
  }

  /**
   * x * scale + shift, where scale and shift are [C] along axis 1.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray channelAffine(INDArray x, INDArray scale, INDArray shift) {
    requireChannels(x, "scale", scale);
    requireChannels(x, "shift", shift);
    return provider().channelAffine(x, scale, shift);
  }

  /**
   * x + shift, where shift is [C] along axis 1.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray channelAdd(INDArray x, INDArray shift) {
    requireChannels(x, "shift", shift);
    return provider().channelAdd(x, shift);
  }

  /**
   * x * factors, where factors are [N, C] along the axes 0 and 1.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray channelScale(INDArray x, INDArray factors) {
    requireScaled("x", x, factors);
    return provider().channelScale(x, factors);
  }

  private static void requireScaled(String name, INDArray x, INDArray factors) {
    Require.argument(x.rank() >= 2, "%s must have a channel axis 1, got rank %d", name, x.rank());
    requireShape("factors", factors, new long[] {x.size(0), x.size(1)});
  }

  /**
   * a + b * factors, where factors are [N, C] along the axes 0 and 1.
   *
   * @param relu whether negative elements become zero
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray addScaled(INDArray a, INDArray b, INDArray factors, boolean relu) {
    requireScaled("b", b, factors);
    requireShape("a", a, b.shape());
    return provider().addScaled(a, b, factors, relu);
  }

  /** Sum over all axes but 1. */
  public static INDArray channelSum(INDArray x) {
    Require.argument(x.rank() >= 2, "x must have a channel axis 1, got rank %d", x.rank());
    return provider().channelSum(x);
  }

  private static void requireChannels(INDArray x, String name, INDArray perChannel) {
    Require.argument(x.rank() >= 2, "x must have a channel axis 1, got rank %d", x.rank());
    requireShape(name, perChannel, new long[] {x.size(1)});
  }

  private static void requireWindow(INDArray x, ConvGeometry window) {
    requireFloat("x", x, window.rank() + 2);
    window.outputShape(x.shape(), x.size(1));
    Require.argument(
        !Dilation.isIn(window), "dilation of a window must be 1, got %s", window.dilation());
    for (int axis = 0; axis < window.rank(); axis++) {
      Require.argument(
          window.padding().get(axis) * 2 <= window.kernel().get(axis),
          "padding %s must be at most half of the window %s",
          window.padding(),
          window.kernel());
    }
  }

  private static void requireKernel(long[] weight, long channels, ConvGeometry geometry) {
    int groups = geometry.groups();
    Require.argument(
        weight.length == geometry.rank() + 2,
        "weight must have %d axes, got shape %s",
        geometry.rank() + 2,
        Arrays.toString(weight));
    Require.argument(
        channels == weight[1] * groups,
        "x must have %d channels (weight %s, groups %d), got %d",
        weight[1] * groups,
        Arrays.toString(weight),
        groups,
        channels);
    Require.argument(
        weight[0] % groups == 0,
        "units (=%d) must be divisible by groups (=%d)",
        weight[0],
        groups);
    for (int axis = 0; axis < geometry.rank(); axis++) {
      Require.argument(
          weight[axis + 2] == geometry.kernel().get(axis),
          "weight %s must have the kernel size %s",
          Arrays.toString(weight),
          geometry.kernel());
    }
  }

  /**
   * Checks that an argument is a float array of a rank.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static void requireFloat(String name, INDArray array, int rank) {
    Require.argument(
        array.dataType() == DataType.FLOAT && array.rank() == rank && !array.isEmpty(),
        "%s must be a non-empty float array of rank %d, got %s %s",
        name,
        rank,
        array.dataType(),
        Arrays.toString(array.shape()));
  }

  private static void requireVector(String name, INDArray array, long length) {
    if (array != null) {
      requireShape(name, array, new long[] {length});
    }
  }

  private static void requireShape(String name, INDArray array, long[] shape) {
    requireFloat(name, array, shape.length);
    Require.argument(
        Arrays.equals(array.shape(), shape),
        "%s must have shape %s, got %s",
        name,
        Arrays.toString(shape),
        Arrays.toString(array.shape()));
  }
}
