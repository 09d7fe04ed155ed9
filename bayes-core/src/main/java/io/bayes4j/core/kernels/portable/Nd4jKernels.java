package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Operands;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The portable provider: ND4J's operators, and plain Java where those are slow.
 *
 * <p>Measured on two cores with nd4j-native's oneDNN build, batch 128: {@code matmul} 0.3 ms where
 * {@code mmul} takes 4.0; {@code conv2d} on channels-last memory 5.9 ms where row-major memory
 * takes 9.3 (32 to 64 channels, 26x26). Whatever multiplies does so in {@linkplain Nd4jPieces
 * pieces}, so that neither OMP_NUM_THREADS nor the batch changes a bit.
 */
public final class Nd4jKernels implements KernelProvider {
  /** The only one: it has no state. */
  public static final Nd4jKernels INSTANCE = new Nd4jKernels();

  private Nd4jKernels() {}

  @Override
  public String name() {
    return "ND4J operators (portable)";
  }

  @Override
  public int priority() {
    return 0;
  }

  /**
   * Rows are those of examples unless a is transposed: they are cut into blocks of one length, the
   * last one filled up, so that each is computed the same whatever the others.
   */
  @Override
  public INDArray matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    INDArray out = Arena.allocate(a.size(transposeA ? 1 : 0), b.size(transposeB ? 0 : 1));
    INDArray left = Layout.ROW_MAJOR.ensure(a);
    INDArray right = Layout.ROW_MAJOR.ensure(b);
    return transposeA
        ? Nd4jProducts.columns(left, right, transposeB, out)
        : Nd4jProducts.rows(left, right, transposeB, out);
  }

  @Override
  public void matmulInto(
      INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
    Nd4jPieces.alone(() -> Nd4jProducts.run(a, transposeA, b, transposeB, out));
  }

  @Override
  public INDArray linear(INDArray x, INDArray weight, @Nullable INDArray bias) {
    INDArray out = matmul(x, false, weight, true);
    if (bias != null) {
      Nd4jOps.run("add", new INDArray[] {out, bias}, new INDArray[] {out});
    }
    return out;
  }

  @Override
  public INDArray conv(
      INDArray x, INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    INDArray y = Nd4jConvolution.forward(x, weight, geometry);
    return bias == null ? y : ChannelKernels.addInPlace(y, bias);
  }

  @Override
  public INDArray convBackwardData(
      INDArray gradY, INDArray weight, long[] shapeX, ConvGeometry geometry) {
    return Nd4jConvolution.backwardData(shapeX, weight, gradY, geometry);
  }

  @Override
  public INDArray convBackwardWeights(
      INDArray x, INDArray gradY, long[] shapeW, ConvGeometry geometry) {
    INDArray weight = Arena.allocate(shapeW);
    ConvGradients both = Nd4jConvolution.backward(x, weight, gradY, geometry);
    Arena.release(weight);
    Arena.release(both.x());
    return both.weight();
  }

  @Override
  public ConvGradients convBackward(
      INDArray x, INDArray weight, INDArray gradY, ConvGeometry geometry) {
    return Nd4jConvolution.backward(x, weight, gradY, geometry);
  }

  @Override
  public INDArray maxPool(INDArray x, PoolGeometry window) {
    return MaxPoolRows.max(x, window);
  }

  @Override
  public INDArray maxPoolBackward(INDArray x, INDArray y, INDArray gradY, PoolGeometry window) {
    return new PoolLoops(x.shape(), window).maxBackward(x, gradY);
  }

  @Override
  public INDArray avgPool(INDArray x, PoolGeometry window) {
    return new PoolLoops(x.shape(), window).average(x);
  }

  @Override
  public INDArray avgPoolBackward(INDArray gradY, long[] shapeX, PoolGeometry window) {
    return new PoolLoops(shapeX, window).averageBackward(gradY);
  }

  @Override
  public BatchNorm batchNorm(
      INDArray x, INDArray scale, INDArray shift, double epsilon, Epilogue after) {
    Operands.requireNormEpilogue(after);
    return after.addend() == null
        ? new ChannelsLastNorm(epsilon, after.relu()).forward(x, scale, shift)
        : new ChannelsLastNorm(epsilon, false).forwardAddRelu(x, scale, shift, after.addend());
  }

  @Override
  public BatchNormGradients batchNormBackward(
      INDArray x,
      INDArray gradY,
      INDArray scale,
      BatchNorm forward,
      double epsilon,
      Epilogue after) {
    Operands.requireNormEpilogue(after);
    ChannelsLastNorm plain = new ChannelsLastNorm(epsilon, false);
    if (after.addend() != null) {
      return plain.backwardAddRelu(x, gradY, scale, forward);
    }
    if (after.relu() && forward.memory() == null) {
      INDArray masked = Elementwise.reluGradient(forward.y(), gradY);
      BatchNormGradients all = plain.backward(x, masked, scale, forward);
      Arena.release(masked);
      return all;
    }
    return new ChannelsLastNorm(epsilon, after.relu()).backward(x, gradY, scale, forward);
  }

  @Override
  public INDArray channelAffine(INDArray x, INDArray scale, INDArray shift) {
    return ChannelKernels.affine(x, scale, shift);
  }

  @Override
  public INDArray channelAdd(INDArray x, INDArray shift) {
    return ChannelKernels.affine(x, null, shift);
  }

  @Override
  public INDArray channelScale(INDArray x, INDArray factors) {
    return ChannelKernels.scale(x, factors);
  }

  @Override
  public INDArray addScaled(INDArray a, INDArray b, INDArray factors, boolean relu) {
    return ChannelKernels.addScaled(a, b, factors, relu);
  }

  @Override
  public INDArray channelSum(INDArray x) {
    return ChannelKernels.sum(x);
  }

  @Override
  public void softmax(INDArray x, int axis, float masked, INDArray out) {
    SoftmaxLoops.shares(x, axis, masked, out);
  }

  @Override
  public INDArray softmaxBackward(INDArray y, INDArray gradY, int axis) {
    return SoftmaxLoops.sharesBackward(y, gradY, axis);
  }

  @Override
  public INDArray logSoftmax(INDArray x, int axis) {
    return SoftmaxLoops.logs(x, axis);
  }

  @Override
  public INDArray logSoftmaxBackward(INDArray y, INDArray gradY, int axis) {
    return SoftmaxLoops.logsBackward(y, gradY, axis);
  }

  @Override
  public IntegerKernels integers() {
    return PortableIntegers.INSTANCE;
  }
}
