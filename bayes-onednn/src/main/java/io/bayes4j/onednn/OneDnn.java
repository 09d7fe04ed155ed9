package io.bayes4j.onednn;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.FlipoutWeights;
import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.kernels.PreparedConv;
import io.bayes4j.core.kernels.PreparedLinear;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.onednn.MatmulPlans.Transposed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Kernels on oneDNN, for 64-bit x86 processors.
 *
 * <p>Results equal the portable provider's up to rounding. The primitives of the last {@value
 * #PLANS} shapes are kept compiled. Several threads may compute at once. The system property {@code
 * bayes4j.onednn=off} leaves all work to the portable provider.
 *
 * <p>Kernels run on the library's own threads, each on a piece of the examples. Only what is large
 * and cannot be cut, such as the convolution of a single image, runs on OpenMP's threads, too.
 */
public final class OneDnn implements KernelProvider {
  private static final String PROPERTY = "bayes4j.onednn";
  private static final int PRIORITY = 100;
  private static final int PLANS = 512;

  /** What {@link #in} has made: compiled plans are worth keeping. */
  private static final Map<Precision, OneDnn> BY_PRECISION = new ConcurrentHashMap<>();

  private final Precision precision;
  private final Runner runner;
  private final ConvolutionKernels convolutions;
  private final FlipoutKernels flipout;
  private final Arithmetic arithmetic;
  private final StackKernels stacks;
  private final NormKernels norms;
  private final PoolingKernels poolings;
  private final IntegerKernels integers;
  private final String name;

  /**
   * Loads oneDNN, to compute in single precision.
   *
   * @throws UnsupportedOperationException if it is switched off, or there is no build of it for
   *     this machine
   */
  public OneDnn() {
    this(Precision.F32);
  }

  private OneDnn(Precision precision) {
    this.precision = precision;
    if ("off".equals(System.getProperty(PROPERTY))) {
      throw new UnsupportedOperationException("oneDNN is switched off by " + PROPERTY + "=off");
    }
    try {
      runner = new Runner(PLANS, precision, new OpenMp(NativeLibrary.load()));
      flipout = new FlipoutKernels(runner);
      arithmetic = new Arithmetic(runner);
      convolutions = new ConvolutionKernels(this, runner, arithmetic);
      stacks = new StackKernels(runner);
      norms = new NormKernels(runner);
      poolings = new PoolingKernels(runner, arithmetic);
      integers =
          NativeLibrary.addsBytesExactly()
              ? new OneDnnIntegers(runner)
              : Kernels.portable().integers();
      name = "oneDNN (" + NativeLibrary.describe() + ", " + precision + ")";
    } catch (LinkageError e) {
      throw new UnsupportedOperationException(
          "oneDNN's native library for " + System.getProperty("os.name") + " does not load: " + e,
          e);
    }
  }

  @Override
  public Precision precision() {
    return precision;
  }

  /**
   * oneDNN in a precision: for convolutional networks BF16 takes about half of the time of F32,
   * flipout apart, which only F32 does in one convolution; results agree to two or three digits.
   * Activations are kept as BFLOAT16 arrays from kernel to kernel.
   *
   * @throws UnsupportedOperationException if the processor has no instructions for the precision,
   *     which would make it slower than F32
   */
  @Override
  public KernelProvider in(Precision other) {
    Require.nonNull(other, "other");
    if (other == Precision.BF16 && !NativeLibrary.multipliesBf16()) {
      throw new UnsupportedOperationException(
          "BF16 needs a processor with AVX512_BF16 or AMX, got " + NativeLibrary.describe());
    }
    return other == precision
        ? this
        : BY_PRECISION.computeIfAbsent(other, wanted -> new OneDnn(wanted));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public boolean keepsBfloat16() {
    return precision == Precision.BF16;
  }

  @Override
  public INDArray cast(INDArray x, DataType type) {
    return arithmetic.cast(x, type);
  }

  @Override
  public INDArray inLayout(INDArray x, Layout layout) {
    return arithmetic.inLayout(x, layout);
  }

  @Override
  public void addInto(INDArray x, INDArray y) {
    if (x.dataType() == DataType.FLOAT) {
      KernelProvider.super.addInto(x, y);
    } else {
      arithmetic.addInto(x, y);
    }
  }

  /** oneDNN's where the processor adds products of bytes exactly, else plain Java's. */
  @Override
  public IntegerKernels integers() {
    return integers;
  }

  private void run(Operation operation, Object attributes, INDArray... arguments) {
    runner.run(operation, attributes, arguments);
  }

  @Override
  public INDArray matmul(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    INDArray product = Arena.allocate(a.size(transposeA ? 1 : 0), b.size(transposeB ? 0 : 1));
    run(
        Operation.MATMUL,
        new Transposed(transposeA, transposeB),
        transposeA ? Operand.describable(a) : rowMajor(a),
        Operand.describable(b),
        product);
    return product;
  }

  @Override
  public void matmulInto(
      INDArray a, boolean transposeA, INDArray b, boolean transposeB, INDArray out) {
    runner.runWholeAlone(Operation.MATMUL, new Transposed(transposeA, transposeB), a, b, out);
  }

  @Override
  public INDArray matmuls(INDArray a, boolean transposeA, INDArray b, boolean transposeB) {
    Transposed transposed = new Transposed(transposeA, transposeB);
    return precision == Precision.F32 || StackKernels.roundingPays(a, b, transposed)
        ? stacks.multiply(a, b, transposed)
        : in(Precision.F32).matmuls(a, transposeA, b, transposeB);
  }

  @Override
  public RowProducts rowProducts(INDArray matrix, boolean transposed, int rows) {
    return new BoundProducts(runner, matrix, transposed, rows);
  }

  @Override
  public INDArray linear(INDArray x, INDArray weight, @Nullable INDArray bias) {
    return new ForwardLinear(runner, weight, bias).linear(x);
  }

  @Override
  public PreparedLinear prepareLinear(INDArray weight, @Nullable INDArray bias) {
    if (precision == Precision.BF16) {
      return new ForwardLinear(runner.keeping(), weight, bias);
    }
    return PackedLinear.suits(weight)
        ? PackedLinear.of(runner, weight, bias)
        : new ForwardLinear(runner, weight, bias);
  }

  @Override
  public INDArray conv(
      INDArray x, INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    return conv(x, weight, bias, geometry, Epilogue.NONE);
  }

  @Override
  public INDArray conv(
      INDArray x,
      INDArray weight,
      @Nullable INDArray bias,
      ConvGeometry geometry,
      Epilogue epilogue) {
    return convolutions.conv(x, weight, bias, geometry, epilogue);
  }

  /** A convolution, and then its epilogue by itself. */
  INDArray convThen(
      INDArray x,
      INDArray weight,
      @Nullable INDArray bias,
      ConvGeometry geometry,
      Epilogue epilogue) {
    return KernelProvider.super.conv(x, weight, bias, geometry, epilogue);
  }

  @Override
  public PreparedConv prepareConv(INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    return convolutions.prepare(weight, bias, geometry);
  }

  @Override
  public INDArray convBackwardData(
      INDArray gradY, INDArray weight, long[] shapeX, ConvGeometry geometry) {
    return convolutions.backwardData(gradY, weight, shapeX, geometry);
  }

  @Override
  public INDArray convBackwardWeights(
      INDArray x, INDArray gradY, long[] shapeW, ConvGeometry geometry) {
    return convolutions.backwardWeights(x, gradY, shapeW, geometry);
  }

  @Override
  public ConvGradients convBackward(
      INDArray x, INDArray weight, INDArray gradY, ConvGeometry geometry) {
    return convolutions.backward(x, weight, gradY, geometry);
  }

  @Override
  public boolean joinsFlipout(long[] shapeX, long[] shapeW, ConvGeometry geometry) {
    return precision == Precision.F32
        && FlipoutKernels.isFaster(shapeX, shapeW, geometry)
        && OrdinaryWindows.are(shapeX, geometry)
        && OrdinaryWindows.haveWeightGradient(geometry);
  }

  @Override
  public INDArray flipoutConv(
      INDArray x, FlipoutWeights weights, ConvGeometry geometry, Epilogue epilogue) {
    return joined(x.shape(), weights, geometry)
        .flatMap(kernels -> kernels.conv(x, weights, geometry, epilogue))
        .orElseGet(() -> KernelProvider.super.flipoutConv(x, weights, geometry, epilogue));
  }

  @Override
  public INDArray flipoutConvBackwardData(
      INDArray gradY, FlipoutWeights weights, long[] shapeX, ConvGeometry g) {
    return joined(shapeX, weights, g)
        .flatMap(kernels -> kernels.backwardData(gradY, weights, shapeX, g))
        .orElseGet(() -> KernelProvider.super.flipoutConvBackwardData(gradY, weights, shapeX, g));
  }

  @Override
  public FlipoutGradients flipoutConvBackwardWeights(
      INDArray x, INDArray gradY, FlipoutWeights weights, ConvGeometry g) {
    return joined(x.shape(), weights, g)
        .flatMap(kernels -> kernels.backwardWeights(x, gradY, weights, g))
        .orElseGet(() -> KernelProvider.super.flipoutConvBackwardWeights(x, gradY, weights, g));
  }

  private Optional<FlipoutKernels> joined(long[] shapeX, FlipoutWeights weights, ConvGeometry g) {
    return joinsFlipout(shapeX, weights.mean().shape(), g)
        ? Optional.of(flipout)
        : Optional.empty();
  }

  @Override
  public INDArray maxPool(INDArray x, PoolGeometry window) {
    return poolings.max(x, window);
  }

  @Override
  public INDArray maxPoolBackward(INDArray x, INDArray y, INDArray gradY, PoolGeometry window) {
    return poolings.maxBackward(x, y, gradY, window);
  }

  @Override
  public INDArray avgPool(INDArray x, PoolGeometry window) {
    return poolings.average(x, window);
  }

  @Override
  public INDArray avgPoolBackward(INDArray gradY, long[] shapeX, PoolGeometry window) {
    return poolings.averageBackward(gradY, shapeX, window);
  }

  @Override
  public BatchNorm batchNorm(
      INDArray x, INDArray scale, INDArray shift, double epsilon, Epilogue after) {
    return norms.forward(x, scale, shift, epsilon, after);
  }

  @Override
  public BatchNormGradients batchNormBackward(
      INDArray x,
      INDArray gradY,
      INDArray scale,
      BatchNorm forward,
      double epsilon,
      Epilogue after) {
    return norms.backward(x, gradY, scale, forward, epsilon, after);
  }

  @Override
  public INDArray channelAffine(INDArray x, INDArray scale, INDArray shift) {
    return arithmetic.channelAffine(x, scale, shift);
  }

  @Override
  public INDArray channelAdd(INDArray x, INDArray shift) {
    return arithmetic.channelAdd(x, shift);
  }

  @Override
  public INDArray channelScale(INDArray x, INDArray factors) {
    return arithmetic.channelScale(x, factors);
  }

  @Override
  public INDArray addScaled(INDArray a, INDArray b, INDArray factors, boolean relu) {
    return b.dataType() == DataType.FLOAT
        ? KernelProvider.super.addScaled(a, b, factors, relu)
        : arithmetic.addScaled(a, b, factors, relu);
  }

  @Override
  public INDArray channelSum(INDArray x) {
    return arithmetic.channelSum(x);
  }

  /** Names of the implementations that oneDNN chose for an operation. */
  List<String> implementations(Operation operation, Object attributes, INDArray... arguments) {
    return runner.implementations(operation, attributes, arguments);
  }

  /** How many threads share a kernel that the calling thread runs now. */
  int openMpThreads() {
    return runner.openMpThreads();
  }

  private static INDArray rowMajor(INDArray array) {
    return Layout.ROW_MAJOR.ensure(array);
  }
}
