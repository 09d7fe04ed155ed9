package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Integer kernels in plain Java, right on every machine. */
final class PortableIntegers implements IntegerKernels {
  static final PortableIntegers INSTANCE = new PortableIntegers();

  /** Columns of a block stay in a core's second cache. */
  private static final int BLOCK_FLOATS = 1 << 16;

  private static final int MOST_WIDTH = 512;
  private static final int LEAST_WIDTH = 64;

  private PortableIntegers() {}

  @Override
  public String instructions() {
    return "Java";
  }

  @Override
  public INDArray quantize(INDArray x, Quantum quantum) {
    INDArray rounded = Arena.allocate(quantum.type(), Layout.of(x), x.shape());
    FloatMemory source = Layout.memory(x, "x");
    ByteMemory target = ByteMemory.of(rounded, "rounded");
    Parallel.forRange(
        source.length(),
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            int n = (int) (to - from);
            float[] numbers = scratch.array();
            byte[] bytes = new byte[n];
            source.read(from, numbers, n);
            WholeNumbers.round(numbers, n, quantum);
            for (int i = 0; i < n; i++) {
              bytes[i] = (byte) (int) numbers[i];
            }
            target.write(from, bytes, n);
          }
        });
    return rounded;
  }

  @Override
  public INDArray matmul(INDArray x, INDArray weight) {
    return product(x, weight, null);
  }

  @Override
  public INDArray matmul(INDArray x, INDArray weight, IntegerEpilogue epilogue) {
    return product(x, weight, epilogue);
  }

  @Override
  public INDArray conv(INDArray x, INDArray weight, ConvGeometry geometry) {
    return convolution(x, weight, geometry, null);
  }

  @Override
  public INDArray conv(
      INDArray x, INDArray weight, ConvGeometry geometry, IntegerEpilogue epilogue) {
    return convolution(x, weight, geometry, epilogue);
  }

  /** Rows are taken in blocks, whose transposes are the columns. */
  private static INDArray product(INDArray x, INDArray weight, IntegerEpilogue epilogue) {
    int inputs = Math.toIntExact(weight.size(1));
    int units = Math.toIntExact(weight.size(0));
    WholeNumbers numbers = new WholeNumbers(x, epilogue == null ? null : epilogue.source());
    float[] weights = WholeNumbers.signed(weight);
    INDArray result = RowSums.result(x.size(0), units, epilogue);
    int width = (int) Math.min(width(inputs), x.size(0));
    Parallel.forRange(
        x.size(0),
        width,
        (from, to) -> {
          int rows = (int) (to - from);
          float[] block = new float[rows * inputs];
          numbers.read(from * inputs, block, block.length);
          float[] columns = WholeNumbers.transposed(block, rows, inputs);
          RowSums sums = new RowSums(units, rows);
          new ExactSums(weights, inputs, rows).run(columns, rows, 0, units, sums);
          sums.writeTo(result, from, epilogue);
        });
    return result;
  }

  private static int width(int terms) {
    return Math.max(LEAST_WIDTH, Math.min(MOST_WIDTH, BLOCK_FLOATS / terms));
  }

  private static INDArray convolution(
      INDArray x, INDArray weight, ConvGeometry g, IntegerEpilogue epilogue) {
    int units = Math.toIntExact(weight.size(0));
    WholeNumbers numbers = new WholeNumbers(x, epilogue == null ? null : epilogue.source());
    WindowColumns windows = new WindowColumns(g, x.shape());
    float[] weights = WholeNumbers.signed(weight);
    SumSink sink = new SumSink(g.outputShape(x.shape(), units), epilogue);
    int channels = numbers.channels() / g.groups();
    int terms = channels * windows.taps();
    int width = Math.min(width(terms), windows.positions());
    Parallel.forRange(
        x.size(0),
        1,
        (from, to) -> {
          float[] planes = windows.pad(numbers.example(from), numbers.channels());
          float[] columns = new float[terms * width];
          ExactSums sums = new ExactSums(weights, terms, width);
          for (int group = 0; group < g.groups(); group++) {
            int first = group * (units / g.groups());
            for (int at = 0; at < windows.positions(); at += width) {
              int n = Math.min(width, windows.positions() - at);
              windows.fill(planes, group * channels, channels, at, n, columns, width);
              sums.run(columns, n, first, first + units / g.groups(), sink.at(from, at));
            }
          }
        });
    return sink.result();
  }
}
