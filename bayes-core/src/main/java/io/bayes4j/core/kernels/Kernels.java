package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.portable.Nd4jKernels;
import io.bayes4j.core.memory.Layout;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The heavy kernels, checked at this edge and computed by the best {@link KernelProvider} on the
 * class path.
 *
 * <p>The choice is made once, before the first operation, and logged; a piece of work can be run on
 * another, or in another precision.
 */
public final class Kernels {
  private Kernels() {}

  /** The provider that computes. */
  public static KernelProvider provider() {
    return ProviderChoice.now();
  }

  /** The portable provider on ND4J, which is the specification of all others. */
  public static KernelProvider portable() {
    return Nd4jKernels.INSTANCE;
  }

  /** Products of 8-bit numbers by the provider that computes, their arguments checked. */
  public static IntegerKernels integers() {
    return new CheckedIntegers(provider().integers());
  }

  /**
   * Runs a piece of work of this thread in a precision.
   *
   * @throws UnsupportedOperationException if the provider has no kernels for it on this machine
   */
  public static <T> T in(Precision precision, Supplier<T> work) {
    Require.nonNull(precision, "precision");
    Require.nonNull(work, "work");
    KernelProvider now = provider();
    return now.precision() == precision ? work.get() : with(now.in(precision), work);
  }

  /** Runs a piece of work of this thread on a given provider. */
  public static <T> T with(KernelProvider provider, Supplier<T> work) {
    Require.nonNull(provider, "provider");
    Require.nonNull(work, "work");
    return ProviderChoice.with(provider, work);
  }

  /**
   * A copy of a dense array as FLOAT or BFLOAT16, which takes the nearest number.
   *
   * @throws IllegalArgumentException if one of the types is another
   */
  public static INDArray cast(INDArray x, DataType type) {
    Operands.requireStored("x", Require.open(x, "x").dataType());
    Operands.requireStored("type", type);
    Require.argument(!x.isEmpty(), "x must not be empty, got %s", Require.text(x.shape()));
    return provider().cast(x, type);
  }

  /** The array itself if it has this type, or else as {@link #cast} copies it. */
  public static INDArray ensureType(INDArray x, DataType type) {
    return Require.open(x, "x").dataType() == type ? x : cast(x, type);
  }

  /**
   * The array itself if it is dense in this layout, else a copy in it.
   *
   * @throws IllegalArgumentException if x is empty, or neither FLOAT nor BFLOAT16
   */
  public static INDArray inLayout(INDArray x, Layout layout) {
    Operands.requireStored("x", Require.open(x, "x").dataType());
    Require.nonNull(layout, "layout");
    Require.argument(!x.isEmpty(), "x must not be empty, got %s", Require.text(x.shape()));
    return provider().inLayout(x, layout);
  }

  /**
   * Adds a dense array to another one of its shape and type.
   *
   * @throws IllegalArgumentException if shapes or types differ
   */
  public static void addInto(INDArray x, INDArray y) {
    Operands.requireTerms(x, y);
    provider().addInto(x, y);
  }

  /**
   * Matrix product op(a) op(b), where op transposes if asked to.
   *
   * @throws IllegalArgumentException if an operand is no float matrix or the inner lengths differ
   */
  public static INDArray matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    Operands.requireMatrices(a, transposeA, b, transposeB);
    return provider().matmul(a, transposeA, b, transposeB);
  }

  /**
   * Products op(a) op(b) of matrices, one for each position of the leading axes, where op
   * transposes if asked to.
   *
   * @throws IllegalArgumentException if the leading axes or the inner lengths differ, or there are
   *     less than two axes
   */
  public static INDArray matmuls(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    Operands.requireStacks(a, transposeA, b, transposeB);
    return a.rank() == 2
        ? provider().matmul(a, transposeA, b, transposeB)
        : provider().matmuls(a, transposeA, b, transposeB);
  }

  /**
   * Products of blocks of so many rows with op(matrix), where op transposes if asked to; for this
   * thread alone, which closes them before the current scope of its arena ends.
   *
   * @throws IllegalArgumentException if the matrix is no float matrix or rows is not positive
   */
  public static RowProducts rowProducts(INDArray matrix, boolean transposed, int rows) {
    Operands.requireFloat("matrix", matrix, 2);
    Require.positive(rows, "rows");
    return provider().rowProducts(matrix, transposed, rows);
  }

  /**
   * x [N, F] times the transpose of weight [U, F], plus bias [U] unless it is null.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray linear(INDArray x, INDArray weight, @Nullable INDArray bias) {
    Operands.requireUnits(weight, bias);
    Operands.requireFeatures(x, weight);
    return provider().linear(x, weight, bias);
  }

  /**
   * {@link #linear} by weights that are used again and again, and checked once. Nobody may write
   * into them meanwhile.
   *
   * @throws IllegalArgumentException if the bias does not fit the weight
   */
  public static PreparedLinear prepareLinear(INDArray weight, @Nullable INDArray bias) {
    return CheckedLinear.of(provider(), weight, bias);
  }

  /**
   * Cross-correlation of x [N, C, spatial] with weight [U, C / groups, kernel], plus bias [U]
   * unless it is null.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray conv(
      INDArray x, INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    Operands.requireConv(x, weight, bias, geometry);
    return provider().conv(x, weight, bias, geometry);
  }

  /**
   * {@link #conv(INDArray, INDArray, INDArray, ConvGeometry)} with an epilogue, in a prediction. A
   * ReLU turns what is not a number into zero only if the weights and x are finite.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray conv(
      INDArray x,
      INDArray weight,
      @Nullable INDArray bias,
      ConvGeometry geometry,
      Epilogue epilogue) {
    Operands.requireConv(x, weight, bias, geometry);
    Operands.requireAddend(x, epilogue, geometry.outputShape(x.shape(), weight.size(0)));
    boolean maySwallow = epilogue.relu() && !Finite.all(weight);
    return maySwallow
        ? epilogue.apply(provider().conv(x, weight, bias, geometry))
        : provider().conv(x, weight, bias, geometry, epilogue.beside(x, weight, bias));
  }

  /**
   * {@link #conv(INDArray, INDArray, INDArray, ConvGeometry, Epilogue)} by weights that are used
   * again and again, and checked once. Nobody may write into them meanwhile.
   *
   * @throws IllegalArgumentException if the weights do not fit the geometry
   */
  public static PreparedConv prepareConv(
      INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    Require.nonNull(geometry, "geometry");
    return CheckedConv.of(provider(), weight, bias, geometry);
  }

  /**
   * Gradient of {@link #conv} with respect to x; also a transposed convolution of gradY.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x of this shape gives, or the
   *     weight does not fit
   */
  public static INDArray convBackwardData(
      INDArray gradY, INDArray weight, long[] shapeX, ConvGeometry geometry) {
    requireBackward(shapeX, "shapeX", geometry);
    Operands.requireFloat("weight", weight, geometry.rank() + 2);
    Operands.requireActivation("gradY", gradY, geometry.rank() + 2);
    Operands.requireShape("gradY", gradY.shape(), geometry.outputShape(shapeX, weight.size(0)));
    Operands.requireKernel(weight.shape(), shapeX[1], geometry);
    return provider().convBackwardData(gradY, weight, shapeX, geometry);
  }

  /**
   * Gradient of {@link #conv} with respect to the weight.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x gives, or shapeW does not fit
   */
  public static INDArray convBackwardWeights(
      INDArray x, INDArray gradY, long[] shapeW, ConvGeometry geometry) {
    requireBackward(shapeW, "shapeW", geometry);
    Operands.requireActivation("x", x, geometry.rank() + 2);
    Operands.requireKernel(shapeW, x.size(1), geometry);
    Operands.requireActivation(
        "gradY", gradY, geometry.outputShape(x.shape(), shapeW[0]), x.dataType());
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
    Require.nonNull(geometry, "geometry");
    Operands.requireActivation("x", x, geometry.rank() + 2);
    Operands.requireFloat("weight", weight, geometry.rank() + 2);
    Operands.requireKernel(weight.shape(), x.size(1), geometry);
    Operands.requireActivation(
        "gradY", gradY, geometry.outputShape(x.shape(), weight.size(0)), x.dataType());
    return provider().convBackward(x, weight, gradY, geometry);
  }

  /** Whether {@link #flipoutConv} takes about the time of one convolution, rather than two. */
  public static boolean joinsFlipout(long[] shapeX, long[] shapeW, ConvGeometry geometry) {
    requireBackward(shapeX, "shapeX", geometry);
    requireBackward(shapeW, "shapeW", geometry);
    return provider().joinsFlipout(shapeX, shapeW, geometry);
  }

  /**
   * {@link #conv(INDArray, INDArray, INDArray, ConvGeometry, Epilogue)}, each example with its own
   * weights.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray flipoutConv(
      INDArray x, FlipoutWeights weights, ConvGeometry geometry, Epilogue epilogue) {
    Operands.requireFlipout(x, weights, geometry);
    long[] shapeY = geometry.outputShape(x.shape(), weights.mean().size(0));
    Operands.requireAddend(x, epilogue, shapeY);
    boolean maySwallow =
        epilogue.relu() && !(Finite.all(weights.mean()) && Finite.all(weights.perturbation()));
    return maySwallow
        ? epilogue.apply(provider().flipoutConv(x, weights, geometry, Epilogue.NONE))
        : provider().flipoutConv(x, weights, geometry, epilogue);
  }

  /**
   * Gradient of {@link #flipoutConv} without an epilogue with respect to x.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x of this shape gives, or the
   *     weights do not fit
   */
  public static INDArray flipoutConvBackwardData(
      INDArray gradY, FlipoutWeights weights, long[] shapeX, ConvGeometry geometry) {
    requireBackward(shapeX, "shapeX", geometry);
    Operands.requireFlipout(shapeX, weights, geometry);
    Operands.requireActivation("gradY", gradY, geometry.rank() + 2);
    Operands.requireShape(
        "gradY", gradY.shape(), geometry.outputShape(shapeX, weights.mean().size(0)));
    return provider().flipoutConvBackwardData(gradY, weights, shapeX, geometry);
  }

  /**
   * Gradients of {@link #flipoutConv} without an epilogue with respect to the two kernels.
   *
   * @throws IllegalArgumentException if gradY is not the shape that x gives, or the weights do not
   *     fit
   */
  public static KernelProvider.FlipoutGradients flipoutConvBackwardWeights(
      INDArray x, INDArray gradY, FlipoutWeights weights, ConvGeometry geometry) {
    Operands.requireFlipout(x, weights, geometry);
    Operands.requireActivation(
        "gradY", gradY, geometry.outputShape(x.shape(), weights.mean().size(0)), x.dataType());
    return provider().flipoutConvBackwardWeights(x, gradY, weights, geometry);
  }

  private static void requireBackward(long[] shape, String name, ConvGeometry geometry) {
    Require.nonNull(geometry, "geometry");
    Operands.requireLengths(name, shape, geometry.rank() + 2);
  }

  /**
   * Batch normalisation with the batch's own statistics over all axes but 1.
   *
   * @throws IllegalArgumentException if the shapes do not fit, or there is one element a channel
   */
  public static KernelProvider.BatchNorm batchNorm(
      INDArray x, INDArray scale, INDArray shift, double epsilon) {
    Operands.requireBatchNorm(x, scale, shift, epsilon);
    return provider().batchNorm(x, scale, shift, epsilon);
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
    Require.nonNull(forward, "forward");
    Require.positiveAsFloat(epsilon, "epsilon");
    Operands.requireStored("x", Require.open(x, "x").dataType());
    Operands.requireActivation("gradY", gradY, x.shape(), x.dataType());
    Operands.requireChannels(x, "scale", scale);
    return provider().batchNormBackward(x, gradY, scale, forward, epsilon);
  }

  /**
   * x * scale + shift, where scale and shift are [C] along axis 1.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray channelAffine(INDArray x, INDArray scale, INDArray shift) {
    Operands.requireChannels(x, "scale", scale);
    Operands.requireChannels(x, "shift", shift);
    return provider().channelAffine(x, scale, shift);
  }

  /**
   * x + shift, where shift is [C] along axis 1.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray channelAdd(INDArray x, INDArray shift) {
    Operands.requireChannels(x, "shift", shift);
    return provider().channelAdd(x, shift);
  }

  /**
   * x * factors, where factors are [N, C] along the axes 0 and 1.
   *
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray channelScale(INDArray x, INDArray factors) {
    Operands.requireStored("x", Require.open(x, "x").dataType());
    Operands.requireScaled("x", x.shape(), factors);
    return provider().channelScale(x, factors);
  }

  /**
   * a + b * factors, where factors are [N, C] along the axes 0 and 1.
   *
   * @param relu whether negative elements become zero
   * @throws IllegalArgumentException if the shapes do not fit
   */
  public static INDArray addScaled(INDArray a, INDArray b, INDArray factors, boolean relu) {
    Operands.requireActivation("a", a, Require.open(a, "a").rank());
    Operands.requireActivation("b", b, Require.open(b, "b").rank());
    Operands.requireScaledSum(a.shape(), b.shape(), factors);
    return provider().addScaled(a, b, factors, relu);
  }

  /** Sum over all axes but 1. */
  public static INDArray channelSum(INDArray x) {
    Operands.requireChannelAxis(x);
    return provider().channelSum(x);
  }
}
