package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks what kernels are given: at once, although the kernel may run later. */
public final class Operands {
  private Operands() {}

  /**
   * Checks the operands of {@link Kernels#conv}.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static void requireConv(
      INDArray x, INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    Require.nonNull(geometry, "geometry");
    requireActivation("x", x, geometry.rank() + 2);
    requireFloat("weight", weight, geometry.rank() + 2);
    requireKernel(weight.shape(), x.size(1), geometry);
    requireVector("bias", bias, weight.size(0));
    geometry.outputShape(x.shape(), weight.size(0));
  }

  /**
   * Checks the operands of {@link Kernels#conv} before the activation is known.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static void requireConv(
      long[] shapeX, INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    requireLengths("x", shapeX, Require.nonNull(geometry, "geometry").rank() + 2);
    requireFloat("weight", weight, geometry.rank() + 2);
    requireKernel(weight.shape(), shapeX[1], geometry);
    requireVector("bias", bias, weight.size(0));
    geometry.outputShape(shapeX, weight.size(0));
  }

  /** Checks the weights of {@link Kernels#linear}. */
  static void requireUnits(INDArray weight, @Nullable INDArray bias) {
    requireFloat("weight", weight, 2);
    requireVector("bias", bias, weight.size(0));
  }

  /** Checks the input of {@link Kernels#linear}. */
  static void requireFeatures(INDArray x, INDArray weight) {
    requireFloat("x", x, 2);
    Require.argument(
        x.size(1) == weight.size(1),
        "x must have %d features, got shape %s",
        weight.size(1),
        Require.text(x.shape()));
  }

  /** Checks that an array of any rank is open, float and not empty. */
  static void requireNumbers(String name, INDArray array) {
    Require.open(array, name);
    Require.argument(
        array.dataType() == DataType.FLOAT && !array.isEmpty(),
        "%s must be a FLOAT array that is not empty, got %s of shape %s",
        name,
        array.dataType(),
        Require.text(array.shape()));
  }

  /** Checks the operands of {@link Kernels#addInto}. */
  static void requireTerms(INDArray x, INDArray y) {
    requireStored("x", Require.open(x, "x").dataType());
    Require.open(y, "y");
    Require.argument(
        x.dataType() == y.dataType() && Arrays.equals(x.shape(), y.shape()),
        "y must be %s of shape %s, got %s of shape %s",
        x.dataType(),
        Require.text(x.shape()),
        y.dataType(),
        Require.text(y.shape()));
  }

  /** Checks the operands of {@link Kernels#matmul}. */
  static void requireMatrices(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    requireFloat("a", a, 2);
    requireFloat("b", b, 2);
    Require.argument(
        a.size(transposeA ? 0 : 1) == b.size(transposeB ? 1 : 0),
        "inner lengths must be equal, got a %s and b %s",
        words(a, transposeA),
        words(b, transposeB));
  }

  /** Checks the operands of {@link Kernels#matmuls}. */
  static void requireStacks(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    requireNumbers("a", a);
    requireNumbers("b", b);
    int rank = a.rank();
    Require.argument(
        rank >= 2
            && b.rank() == rank
            && Arrays.equals(a.shape(), 0, rank - 2, b.shape(), 0, rank - 2)
            && a.size(rank - (transposeA ? 2 : 1)) == b.size(rank - (transposeB ? 1 : 2)),
        "matrices must have equal leading axes and inner lengths, got a %s and b %s",
        words(a, transposeA),
        words(b, transposeB));
  }

  private static String words(INDArray factor, boolean transposed) {
    return Arrays.toString(factor.shape()) + (transposed ? " transposed" : "");
  }

  /**
   * Checks the operands of {@link Kernels#flipoutConv}.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static void requireFlipout(INDArray x, FlipoutWeights weights, ConvGeometry geometry) {
    Require.nonNull(geometry, "geometry");
    requireActivation("x", x, geometry.rank() + 2);
    requireFlipout(x.shape(), weights, geometry);
  }

  /** As {@link #requireFlipout(INDArray, FlipoutWeights, ConvGeometry)}, before x is known. */
  public static void requireFlipout(long[] shapeX, FlipoutWeights weights, ConvGeometry geometry) {
    Require.nonNull(geometry, "geometry");
    INDArray mean = Require.nonNull(weights, "weights").mean();
    requireFloat("mean", mean, geometry.rank() + 2);
    long units = mean.size(0);
    geometry.outputShape(shapeX, units);
    requireKernel(mean.shape(), shapeX[1], geometry);
    requireShape("perturbation", weights.perturbation(), mean.shape());
    requireVector("meanBias", weights.meanBias(), units);
    requireVector("perturbationBias", weights.perturbationBias(), units);
    requireShape("inputFactors", weights.inputFactors(), new long[] {shapeX[0], shapeX[1]});
    requireShape("outputFactors", weights.outputFactors(), new long[] {shapeX[0], units});
  }

  /**
   * Checks the operands of {@link Kernels#batchNorm}.
   *
   * @throws IllegalArgumentException if the shapes do not fit, or there is one element a channel
   */
  public static void requireBatchNorm(INDArray x, INDArray scale, INDArray shift, double epsilon) {
    requireChannelAxis(x);
    requireBatchNorm(x.shape(), scale, shift, epsilon);
  }

  /** As {@link #requireBatchNorm(INDArray, INDArray, INDArray, double)}, before x is known. */
  public static void requireBatchNorm(
      long[] shapeX, INDArray scale, INDArray shift, double epsilon) {
    requireChannels(shapeX, "scale", scale);
    requireChannels(shapeX, "shift", shift);
    Require.positiveAsFloat(epsilon, "epsilon");
    Require.argument(
        Arrays.stream(shapeX).reduce(1, (a, b) -> a * b) > shapeX[1],
        "x must have more than one element a channel to have a variance, got shape %s",
        Require.text(shapeX));
  }

  /**
   * Checks the operands of {@link Kernels#channelAffine} and the like.
   *
   * @param x shape of the activation
   * @throws IllegalArgumentException if there is not one number for each channel
   */
  public static void requireChannels(long[] x, String name, INDArray perChannel) {
    Require.nonNull(x, "x");
    Require.argument(x.length >= 2, "x must have a channel axis 1, got rank %d", x.length);
    requireShape(name, perChannel, new long[] {x[1]});
  }

  /** As {@link #requireChannels(long[], String, INDArray)}, for an activation itself. */
  static void requireChannels(INDArray x, String name, INDArray perChannel) {
    requireChannelAxis(x);
    requireChannels(x.shape(), name, perChannel);
  }

  static void requireChannelAxis(INDArray x) {
    Require.open(x, "x");
    requireStored("x", x.dataType());
    Require.argument(
        x.rank() >= 2 && !x.isEmpty(),
        "x must have a channel axis 1 and not be empty, got rank %d and shape %s",
        x.rank(),
        Require.text(x.shape()));
  }

  static void requireScaled(String name, long[] x, INDArray factors) {
    Require.argument(x.length >= 2, "%s must have a channel axis 1, got rank %d", name, x.length);
    requireShape("factors", factors, new long[] {x[0], x[1]});
  }

  /**
   * Checks the operands of {@link Kernels#addScaled}.
   *
   * @param a shape of the first term
   * @param b shape of the second
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static void requireScaledSum(long[] a, long[] b, INDArray factors) {
    Require.nonNull(a, "a");
    Require.nonNull(b, "b");
    requireScaled("b", b, factors);
    Require.argument(
        Arrays.equals(a, b), "a must have shape %s, got %s", Require.text(b), Require.text(a));
  }

  static void requireWindow(INDArray x, PoolGeometry window) {
    Require.nonNull(window, "window");
    requireActivation("x", x, window.rank() + 2);
    window.outputShape(x.shape());
  }

  static void requireAddend(INDArray x, Epilogue epilogue, long[] shapeY) {
    Require.nonNull(epilogue, "epilogue");
    if (epilogue.addend() != null) {
      requireActivation("addend", epilogue.addend(), shapeY, x.dataType());
    }
  }

  static void requireKernel(long[] weight, long channels, ConvGeometry geometry) {
    int groups = geometry.groups();
    Require.argument(
        weight.length == geometry.rank() + 2,
        "weight must have %d axes, got shape %s",
        geometry.rank() + 2,
        Require.text(weight));
    Require.argument(
        channels == weight[1] * groups,
        "x must have %d channels (weight %s, groups %d), got %d",
        weight[1] * groups,
        Require.text(weight),
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
          Require.text(weight),
          geometry.kernel());
    }
  }

  /**
   * Checks what is to follow a batch normalisation.
   *
   * @throws IllegalArgumentException if it adds something without a ReLU
   */
  public static void requireNormEpilogue(Epilogue after) {
    Require.nonNull(after, "after");
    Require.argument(
        after.addend() == null || after.relu(),
        "after must have a ReLU if it has an addend, got %s",
        after);
  }

  /**
   * Checks factors of the elements of each example's row, where null stands for ones.
   *
   * @throws IllegalArgumentException if they are closed, or no float matrix
   */
  public static void requireFactors(String name, @Nullable INDArray factors) {
    if (factors != null) {
      requireFloat(name, factors, 2);
    }
  }

  /**
   * Checks that an argument is a float array of a rank.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static void requireFloat(String name, INDArray array, int rank) {
    Require.open(array, name);
    Require.argument(
        array.dataType() == DataType.FLOAT && array.rank() == rank && !array.isEmpty(),
        "%s must be a non-empty float array of rank %d, got %s %s",
        name,
        rank,
        array.dataType(),
        Require.text(array.shape()));
  }

  /** Checks that an argument is an activation of a rank, in a type that kernels now take. */
  static void requireActivation(String name, INDArray array, int rank) {
    Require.open(array, name);
    if (array.dataType() != DataType.BFLOAT16 || !Kernels.provider().keepsBfloat16()) {
      requireFloat(name, array, rank);
      return;
    }
    Require.argument(
        array.rank() == rank && !array.isEmpty(),
        "%s must be a non-empty array of rank %d, got shape %s",
        name,
        rank,
        Require.text(array.shape()));
  }

  /** Checks that an argument is an activation of a shape, in the type of another one. */
  static void requireActivation(String name, INDArray array, long[] shape, DataType type) {
    Require.open(array, name);
    requireShape(name, array.shape(), shape);
    Require.argument(
        array.dataType() == type,
        "%s must be %s as the other activations are, got %s",
        name,
        type,
        array.dataType());
  }

  static void requireStored(String name, DataType type) {
    Require.argument(
        type == DataType.FLOAT || type == DataType.BFLOAT16,
        "%s must be FLOAT or BFLOAT16, got %s",
        name,
        type);
  }

  static void requireLengths(String name, long[] shape, int rank) {
    Require.nonNull(shape, name);
    Require.argument(
        shape.length == rank && Arrays.stream(shape).allMatch(length -> length > 0),
        "%s must have %d axes of positive lengths, got %s",
        name,
        rank,
        Require.text(shape));
  }

  static void requireRounded(String name, INDArray array) {
    Require.open(array, name);
    Require.argument(
        array.dataType() == DataType.BFLOAT16 && !array.isEmpty(),
        "%s must be a non-empty BFLOAT16 array, got %s of shape %s",
        name,
        array.dataType(),
        Require.text(array.shape()));
  }

  static void requireVector(String name, @Nullable INDArray array, long length) {
    if (array != null) {
      requireShape(name, array, new long[] {length});
    }
  }

  static void requireShape(String name, INDArray array, long[] shape) {
    requireFloat(name, array, shape.length);
    requireShape(name, array.shape(), shape);
  }

  static void requireShape(String name, long[] actual, long[] shape) {
    Require.argument(
        Arrays.equals(actual, shape),
        "%s must have shape %s, got %s",
        name,
        Require.text(shape),
        Require.text(actual));
  }
}
