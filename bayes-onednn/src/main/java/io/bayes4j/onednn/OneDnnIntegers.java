package io.bayes4j.onednn;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.onednn.ConvolutionPlans.Sum;
import io.bayes4j.onednn.IntegerPlans.Convolution;
import io.bayes4j.onednn.IntegerPlans.Options;
import java.util.ArrayList;
import java.util.List;
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
    return OneDnnApi.integerInstructions();
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
  public INDArray conv(INDArray x, INDArray weight, ConvGeometry geometry) {
    if (!OrdinaryWindows.are(x.shape(), geometry)) {
      return Kernels.portable().integers().conv(x, weight, geometry);
    }
    long[] shape = geometry.outputShape(x.shape(), weight.size(0));
    INDArray sums = Arena.allocate(DataType.INT32, Layout.CHANNELS_LAST, shape);
    runner.run(
        Operation.INTEGER_CONVOLUTION, new Convolution(geometry, Options.SUMS), x, weight, sums);
    return sums;
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
  private static Options options(
      INDArray x, IntegerEpilogue epilogue, long[] shape, Layout layout, List<INDArray> arguments) {
    float[] scales = epilogue.sumScales();
    List<Float> listed = new ArrayList<>();
    for (float scale : scales) {
      listed.add(scale);
    }
    boolean hasBias = epilogue.bias() != null;
    if (hasBias) {
      arguments.add(inSteps(epilogue.bias(), scales));
    }
    Epilogue after = epilogue.epilogue();
    INDArray addend = after.addend();
    Sum sum = Sum.NONE;
    if (addend != null) {
      sum = after.inPlace() && layout.describes(addend) ? Sum.IN_PLACE : Sum.WITH_ARGUMENT;
    }
    if (sum == Sum.WITH_ARGUMENT) {
      arguments.add(layout.ensure(addend));
    }
    arguments.add(sum == Sum.IN_PLACE ? addend : Arena.allocate(layout, shape));
    return new Options(
        x.dataType() == DataType.FLOAT ? epilogue.source() : null,
        List.copyOf(listed),
        hasBias,
        sum,
        after.relu());
  }

  /** oneDNN adds the bias to the sums, before it multiplies them by the scales. */
  private static INDArray inSteps(INDArray bias, float[] scales) {
    float[] steps = FloatMemory.numbers(bias, "bias");
    for (int i = 0; i < steps.length; i++) {
      steps[i] /= scales[i];
    }
    return Arena.vector(steps);
  }
}
