package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An implementation of the heavy kernels, found by {@link java.util.ServiceLoader}.
 *
 * <p>Every method is a pure function of dense arrays of floats, or of BFLOAT16 where the provider
 * {@linkplain #keepsBfloat16 keeps them}: the facade {@link Kernels} has checked shapes and types,
 * inputs are never written to, results come from {@link Arena#allocate}. Inputs arrive in either
 * {@link io.bayes4j.core.memory.Layout}; a provider returns activations in the layout that suits
 * it. The {@linkplain Kernels#portable portable} provider on ND4J is the specification: any other
 * is tested against it, and has its results of what it leaves out.
 *
 * <p>No result depends on the number of threads, and what a forward kernel makes of an example has
 * the same bits whatever the other examples are, and how many.
 *
 * <p>A provider's constructor throws {@link UnsupportedOperationException}, saying why, on a
 * machine that it cannot serve.
 */
public interface KernelProvider {
  /** Short name for logs. */
  String name();

  /**
   * The provider of highest priority that can serve the machine is used; the portable one has 0.
   */
  int priority();

  /** What it rounds the factors of matrix products and convolutions to. */
  default Precision precision() {
    return Precision.F32;
  }

  /**
   * Whether activations may be of type BFLOAT16: those of an operation all alike, and its results
   * are then so, too. What belongs to channels or weights stays FLOAT.
   */
  default boolean keepsBfloat16() {
    return false;
  }

  /** A copy as FLOAT or BFLOAT16, which takes the nearest number. */
  default INDArray cast(INDArray x, DataType type) {
    INDArray copy = Arena.allocate(type, Layout.of(x), x.shape());
    Detached.copy(Layout.flat(x), Layout.flat(copy));
    return copy;
  }

  /** The array itself if it is dense in this layout, else a copy in it, of the same type. */
  default INDArray inLayout(INDArray x, Layout layout) {
    return layout.ensure(x);
  }

  /** x += y, both of one type. */
  default void addInto(INDArray x, INDArray y) {
    if (x.dataType() == DataType.FLOAT) {
      Elementwise.addInto(x, y);
    } else {
      Detached.add(y, x);
    }
  }

  /**
   * The same kernels in a precision.
   *
   * @throws UnsupportedOperationException if there are none for this machine, saying why
   */
  default KernelProvider in(Precision precision) {
    if (precision == precision()) {
      return this;
    }
    throw new UnsupportedOperationException(
        name() + " multiply in " + precision() + " only, not in " + precision);
  }

  /** Products of 8-bit numbers; a facade with checks is {@link Kernels#integers}. */
  default IntegerKernels integers() {
    return Kernels.portable().integers();
  }

  /** Matrix product op(a) op(b), where op transposes if asked to; both of rank 2. */
  INDArray matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB);

  /**
   * Writes op(a) op(b) to an array by the calling thread alone: for one of many small products. All
   * are row-major and may be views.
   */
  default void matmulInto(
      INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
    Detached.copy(matmul(a, transposeA, b, transposeB), out);
  }

  /**
   * Products op(a) op(b) of matrices, one for each position of one or more leading axes, where op
   * transposes if asked to. Each is the same whatever the others are, and how many.
   */
  default INDArray matmuls(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    return new StackedProducts(a, transposeA, b, transposeB).run(in(Precision.F32));
  }

  /** Products of blocks of so many rows with a matrix, transposed if asked to. */
  default RowProducts rowProducts(INDArray matrix, boolean transposed, int rows) {
    return new RowProductsByMatmul(this, matrix, transposed, rows);
  }

  /** x [N, F] times the transpose of weight [U, F], plus bias [U] unless it is null. */
  INDArray linear(INDArray x, INDArray weight, @Nullable INDArray bias);

  /**
   * {@link #linear} by weights that are used again and again, with the same bits: what a provider
   * makes of them, which takes about as much memory, it keeps in the arena scope in which this is
   * called.
   */
  default PreparedLinear prepareLinear(INDArray weight, @Nullable INDArray bias) {
    return x -> linear(x, weight, bias);
  }

  /**
   * Cross-correlation of x [N, C, spatial] with weight [U, C / groups, kernel], plus bias [U]
   * unless it is null.
   */
  INDArray conv(INDArray x, INDArray weight, @Nullable INDArray bias, ConvGeometry geometry);

  /**
   * {@link #conv} with an epilogue: for prediction, where the weights are known to be finite, so
   * that a ReLU need not keep what is not a number. An addend to be overwritten shares no memory
   * with the other arrays.
   */
  default INDArray conv(
      INDArray x,
      INDArray weight,
      @Nullable INDArray bias,
      ConvGeometry geometry,
      Epilogue epilogue) {
    return epilogue.apply(conv(x, weight, bias, geometry));
  }

  /**
   * {@link #conv} with an epilogue by weights that are used again and again: what a provider makes
   * of them it keeps in the arena scope in which this is called.
   */
  default PreparedConv prepareConv(
      INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    return (x, epilogue) -> conv(x, weight, bias, geometry, epilogue);
  }

  /** Gradient of {@link #conv} with respect to x of the given shape. */
  INDArray convBackwardData(INDArray gradY, INDArray weight, long[] shapeX, ConvGeometry geometry);

  /** Gradient of {@link #conv} with respect to weight of the given shape. */
  INDArray convBackwardWeights(INDArray x, INDArray gradY, long[] shapeW, ConvGeometry geometry);

  /** Both gradients of {@link #conv}, for providers that find them together. */
  default ConvGradients convBackward(
      INDArray x, INDArray weight, INDArray gradY, ConvGeometry geometry) {
    return new ConvGradients(
        convBackwardData(gradY, weight, x.shape(), geometry),
        convBackwardWeights(x, gradY, weight.shape(), geometry));
  }

  /**
   * Whether {@link #flipoutConv} takes about the time of one convolution for a batch of such a
   * shape, rather than that of two: whoever can do one of the two beforehand may want to know.
   */
  default boolean joinsFlipout(long[] shapeX, long[] shapeW, ConvGeometry geometry) {
    return false;
  }

  /** {@link #conv} with an epilogue, each example with its own weights. */
  default INDArray flipoutConv(
      INDArray x, FlipoutWeights weights, ConvGeometry geometry, Epilogue epilogue) {
    return FlipoutComposition.conv(this, x, weights, geometry, epilogue);
  }

  /** Gradient of {@link #flipoutConv} without an epilogue with respect to x of the given shape. */
  default INDArray flipoutConvBackwardData(
      INDArray gradY, FlipoutWeights weights, long[] shapeX, ConvGeometry geometry) {
    return FlipoutComposition.backwardData(this, gradY, weights, shapeX, geometry);
  }

  /** Gradients of {@link #flipoutConv} without an epilogue with respect to the two kernels. */
  default FlipoutGradients flipoutConvBackwardWeights(
      INDArray x, INDArray gradY, FlipoutWeights weights, ConvGeometry geometry) {
    return FlipoutComposition.backwardWeights(this, x, gradY, weights, geometry);
  }

  /** Largest value of each window, or NaN if there is one in it; padding never wins. */
  INDArray maxPool(INDArray x, PoolGeometry window);

  /**
   * Gradient of {@link #maxPool}: each gradient goes to the first largest value of its window, or
   * to the last that is not a number.
   */
  INDArray maxPoolBackward(INDArray x, INDArray y, INDArray gradY, PoolGeometry window);

  /** Mean of each window, which is not dilated. */
  INDArray avgPool(INDArray x, PoolGeometry window);

  /** Gradient of {@link #avgPool} with respect to x of the given shape. */
  INDArray avgPoolBackward(INDArray gradY, long[] shapeX, PoolGeometry window);

  /** {@link #maxPool(INDArray, PoolGeometry)} of a {@linkplain PoolGeometry#of plain} window. */
  default INDArray maxPool(INDArray x, ConvGeometry window) {
    return maxPool(x, PoolGeometry.of(window));
  }

  /** Gradient of {@link #maxPool(INDArray, ConvGeometry)}. */
  default INDArray maxPoolBackward(INDArray x, INDArray y, INDArray gradY, ConvGeometry window) {
    return maxPoolBackward(x, y, gradY, PoolGeometry.of(window));
  }

  /** {@link #avgPool(INDArray, PoolGeometry)} of a {@linkplain PoolGeometry#of plain} window. */
  default INDArray avgPool(INDArray x, ConvGeometry window) {
    return avgPool(x, PoolGeometry.of(window));
  }

  /** Gradient of {@link #avgPool(INDArray, ConvGeometry)}. */
  default INDArray avgPoolBackward(INDArray gradY, long[] shapeX, ConvGeometry window) {
    return avgPoolBackward(gradY, shapeX, PoolGeometry.of(window));
  }

  /**
   * Batch normalisation with the batch's own statistics over all axes but 1, and what follows it.
   *
   * @param after nothing, a ReLU, or a sum with an addend of the shape of x and a ReLU
   */
  BatchNorm batchNorm(INDArray x, INDArray scale, INDArray shift, double epsilon, Epilogue after);

  /** {@link #batchNorm} that nothing follows. */
  default BatchNorm batchNorm(INDArray x, INDArray scale, INDArray shift, double epsilon) {
    return batchNorm(x, scale, shift, epsilon, Epilogue.NONE);
  }

  /** Gradients of {@link #batchNorm} with the same epilogue. */
  BatchNormGradients batchNormBackward(
      INDArray x,
      INDArray gradY,
      INDArray scale,
      BatchNorm forward,
      double epsilon,
      Epilogue after);

  /** Gradients of {@link #batchNorm} that nothing follows. */
  default BatchNormGradients batchNormBackward(
      INDArray x, INDArray gradY, INDArray scale, BatchNorm forward, double epsilon) {
    return batchNormBackward(x, gradY, scale, forward, epsilon, Epilogue.NONE);
  }

  /** x * scale + shift, where scale and shift are [C] along axis 1. */
  INDArray channelAffine(INDArray x, INDArray scale, INDArray shift);

  /** x + shift, where shift is [C] along axis 1. */
  INDArray channelAdd(INDArray x, INDArray shift);

  /** x * factors, where factors are [N, C] along the axes 0 and 1. */
  INDArray channelScale(INDArray x, INDArray factors);

  /**
   * a + b * factors, where factors are [N, C] along the axes 0 and 1.
   *
   * @param relu whether negative elements become zero
   */
  default INDArray addScaled(INDArray a, INDArray b, INDArray factors, boolean relu) {
    return Kernels.portable().addScaled(a, b, factors, relu);
  }

  /** Sum over all axes but 1. */
  INDArray channelSum(INDArray x);

  /**
   * e^x over its sum along an axis.
   *
   * @param masked what the numbers become that are all minus infinity
   * @param out row-major, of the shape of x, and perhaps x itself
   */
  default void softmax(INDArray x, int axis, float masked, INDArray out) {
    Kernels.portable().softmax(x, axis, masked, out);
  }

  /** Gradient of {@link #softmax} with respect to x, given its result. */
  default INDArray softmaxBackward(INDArray y, INDArray gradY, int axis) {
    return Kernels.portable().softmaxBackward(y, gradY, axis);
  }

  /** Logarithm of {@link #softmax}. */
  default INDArray logSoftmax(INDArray x, int axis) {
    return Kernels.portable().logSoftmax(x, axis);
  }

  /** Gradient of {@link #logSoftmax} with respect to x, given its result. */
  default INDArray logSoftmaxBackward(INDArray y, INDArray gradY, int axis) {
    return Kernels.portable().logSoftmaxBackward(y, gradY, axis);
  }

  /**
   * Gradients of a convolution.
   *
   * @param x with respect to the input
   * @param weight with respect to the kernel
   */
  record ConvGradients(INDArray x, INDArray weight) {}

  /**
   * Gradients of a convolution whose examples have their own weights.
   *
   * @param mean with respect to what the kernels have in common
   * @param perturbation with respect to what the factors multiply
   */
  record FlipoutGradients(INDArray mean, INDArray perturbation) {}

  /**
   * Result of batch normalisation.
   *
   * @param y normalised, scaled and shifted input
   * @param mean batch mean [C]
   * @param variance population variance of the batch [C]
   * @param memory what else the provider wants to be given back for the gradients, or null
   */
  record BatchNorm(INDArray y, INDArray mean, INDArray variance, @Nullable INDArray memory) {
    /** A result that is all that the gradients need. */
    public BatchNorm(INDArray y, INDArray mean, INDArray variance) {
      this(y, mean, variance, null);
    }
  }

  /**
   * Gradients of batch normalisation and what follows it.
   *
   * @param x with respect to the input
   * @param scale with respect to the scale [C]
   * @param shift with respect to the shift [C]
   * @param addend with respect to what is added, or null if nothing is
   */
  record BatchNormGradients(
      INDArray x, INDArray scale, INDArray shift, @Nullable INDArray addend) {}
}
