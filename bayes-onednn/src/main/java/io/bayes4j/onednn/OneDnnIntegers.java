package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.onednn.ConvolutionPlans.Sum;
import io.bayes4j.onednn.IntegerPlans.Convolution;
import io.bayes4j.onednn.IntegerPlans.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of 8-bit numbers by oneDNN. */
final class OneDnnIntegers implements IntegerKernels {
  private final Runner runner;

  OneDnnIntegers(Runner runner) {
    this.runner = runner;
  }

  @Override
  public String instructions() {
    return NativeLibrary.integerInstructions();
  }

  @Override
  public INDArray quantize(INDArray x, Quantum quantum) {
    if (x.rank() == 0) {
      // oneDNN has no tensors without axes.
      return Kernels.portable().integers().quantize(x, quantum);
    }
    INDArray rounded = Arena.allocate(quantum.type(), Layout.of(x), x.shape());
    runner.run(Operation.QUANTIZE, quantum, x, rounded);
    return rounded;
  }

  @Override
  public INDArray dequantize(INDArray x, Quantum quantum) {
    if (x.rank() == 0) {
      return Kernels.portable().integers().dequantize(x, quantum);
    }
    INDArray floats = Arena.allocate(DataType.FLOAT, Layout.of(x), x.shape());
    runner.run(Operation.DEQUANTIZE, quantum, x, floats);
    return floats;
  }

  @Override
  public INDArray inLayout(INDArray x, Layout layout) {
    if (layout.describes(x)) {
      return x;
    }
    INDArray copy = Arena.allocate(x.dataType(), layout, x.shape());
    runner.run(Operation.CAST, Arithmetic.NONE, x, copy);
    return copy;
  }

  @Override
  public INDArray maxPool(INDArray x, PoolGeometry window) {
    if (!PoolingKernels.fits(x.shape(), window)) {
      return IntegerKernels.super.maxPool(x, window);
    }
    INDArray y = Arena.allocate(x.dataType(), Layout.CHANNELS_LAST, window.outputShape(x.shape()));
    runner.run(Operation.MAX_POOLING, window, x, y);
    return y;
  }

  @Override
  public INDArray matmul(INDArray x, INDArray weight) {
    INDArray sums = Arena.allocate(DataType.INT32, Layout.ROW_MAJOR, x.size(0), weight.size(0));
    runner.run(Operation.INTEGER_MATMUL, Options.SUMS, x, weight, sums);
    return sums;
  }

  @Override
  public INDArray matmul(INDArray x, INDArray weight, IntegerEpilogue epilogue) {
    List<INDArray> arguments = new ArrayList<>(List.of(x, weight));
    long[] shape = {x.size(0), weight.size(0)};
    Options options = options(x, epilogue, shape, Layout.ROW_MAJOR, arguments);
    return run(Operation.INTEGER_MATMUL, options, arguments);
  }

  @Override
  public RowProducts rowProducts(INDArray weight, IntegerEpilogue epilogue, int rows) {
    INDArray operand = Arena.allocate(rows, weight.size(1));
    List<INDArray> arguments = new ArrayList<>(List.of(operand, weight));
    long[] shape = {rows, weight.size(0)};
    Options options = options(operand, epilogue, shape, Layout.ROW_MAJOR, arguments);
    return new BoundIntegers(runner, options.forBlocks(), arguments);
  }

  @Override
  public INDArray conv(INDArray x, INDArray weight, ConvGeometry geometry) {
    if (!OrdinaryWindows.are(x.shape(), geometry)) {
      return Kernels.portable().integers().conv(x, weight, geometry);
    }
    long[] shape = geometry.outputShape(x.shape(), weight.size(0));
    INDArray sums = Arena.allocate(DataType.INT32, Layout.CHANNELS_LAST, shape);
    runner.run(
        Operation.INTEGER_CONVOLUTION, new Convolution(geometry, Options.SUMS), x, weight, sums);
    // It writes integers by way of floats, whatever the processor.
    if (ExactSums.fitFloats(weight.length() / weight.size(0)) || ExactSums.survivedFloats(sums)) {
      return sums;
    }
    Arena.release(sums);
    return Kernels.portable().integers().conv(x, weight, geometry);
  }

  @Override
  public INDArray conv(
      INDArray x, INDArray weight, ConvGeometry geometry, IntegerEpilogue epilogue) {
    if (!OrdinaryWindows.are(x.shape(), geometry)) {
      return Kernels.portable().integers().conv(x, weight, geometry, epilogue);
    }
    List<INDArray> arguments = new ArrayList<>(List.of(x, weight));
    long[] shape = geometry.outputShape(x.shape(), weight.size(0));
    Options options = options(x, epilogue, shape, Layout.CHANNELS_LAST, arguments);
    return run(Operation.INTEGER_CONVOLUTION, new Convolution(geometry, options), arguments);
  }

  private INDArray run(Operation operation, Object attributes, List<INDArray> arguments) {
    runner.run(operation, attributes, arguments.toArray(INDArray[]::new));
    return arguments.get(arguments.size() - 1);
  }

  /** Adds bias, addend and result to the arguments. */
  private Options options(
      INDArray x, IntegerEpilogue epilogue, long[] shape, Layout layout, List<INDArray> arguments) {
    float[] bias = epilogue.biasInSums();
    boolean hasBias = bias != null;
    if (bias != null) {
      arguments.add(Arena.vector(bias));
    }
    IntegerFinish finish = epilogue.finish();
    Sum sum = sum(finish, layout);
    if (sum == Sum.WITH_ARGUMENT) {
      arguments.add(addend(finish, layout));
    }
    Quantum target = finish.target();
    DataType type = target == null ? DataType.FLOAT : target.type();
    arguments.add(
        sum == Sum.IN_PLACE
            ? Objects.requireNonNull(finish.addend())
            : Arena.allocate(type, layout, shape));
    return new Options(
        x.dataType() == DataType.FLOAT ? epilogue.source() : null,
        new Factors(epilogue.factors()),
        hasBias,
        sum,
        finish.addendQuantum() == null ? 1 : finish.addendFactor(),
        finish.relu(),
        target != null && !finish.roundsAtOnce() ? target : null,
        false);
  }

  private static Sum sum(IntegerFinish finish, Layout layout) {
    INDArray addend = finish.addend();
    if (addend == null) {
      return Sum.NONE;
    }
    boolean sameType = finish.target() == null || finish.roundsAtOnce();
    boolean overwrites = finish.inPlace() && sameType && layout.describes(addend);
    return overwrites ? Sum.IN_PLACE : Sum.WITH_ARGUMENT;
  }

  private INDArray addend(IntegerFinish finish, Layout layout) {
    INDArray addend = Objects.requireNonNull(finish.addend());
    return finish.addendQuantum() == null ? layout.ensure(addend) : inLayout(addend, layout);
  }
}
