package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Integer kernels in plain Java, right on every machine. */
final class PortableIntegers implements IntegerKernels {
  static final PortableIntegers INSTANCE = new PortableIntegers();

  /** Positions at a time: enough for long loops, few enough for columns in the first cache. */
  static final int WIDTH = 512;

  /** Positions that make loops long enough, where threads would have nothing to do otherwise. */
  private static final int LEAST_WIDTH = 128;

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
  public INDArray dequantize(INDArray x, Quantum quantum) {
    INDArray floats = Arena.allocate(DataType.FLOAT, Layout.of(x), x.shape());
    ByteMemory source = ByteMemory.of(x, "x");
    FloatMemory target = Layout.memory(floats, "floats");
    int mask = x.dataType() == DataType.UINT8 ? 0xff : -1;
    float scale = quantum.scale();
    Parallel.forRange(
        x.length(),
        Scratch.SIZE,
        (from, to) -> {
          try (Scratch scratch = Scratch.open()) {
            int n = (int) (to - from);
            float[] numbers = scratch.array();
            byte[] bytes = new byte[n];
            source.read(from, bytes, n);
            for (int i = 0; i < n; i++) {
              numbers[i] = (bytes[i] & mask) * scale;
            }
            target.write(from, numbers, n);
          }
        });
    return floats;
  }

  @Override
  public INDArray inLayout(INDArray x, Layout layout) {
    if (layout.describes(x)) {
      return x;
    }
    INDArray copy = Arena.allocate(x.dataType(), layout, x.shape());
    int channels = Math.toIntExact(x.size(1));
    int length = Math.toIntExact(x.length() / x.size(0));
    int rows = layout == Layout.CHANNELS_LAST ? channels : length / channels;
    ByteMemory source = ByteMemory.of(x, "x");
    ByteMemory target = ByteMemory.of(copy, "copy");
    Parallel.forRange(
        x.size(0),
        1 + Scratch.SIZE / length,
        (from, to) -> {
          byte[] numbers = new byte[length];
          byte[] other = new byte[length];
          for (long example = from; example < to; example++) {
            source.read(example * length, numbers, length);
            transpose(numbers, rows, other);
            target.write(example * length, other, length);
          }
        });
    return copy;
  }

  private static void transpose(byte[] matrix, int rows, byte[] other) {
    int columns = matrix.length / rows;
    for (int column = 0; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        other[column * rows + row] = matrix[row * columns + column];
      }
    }
  }

  @Override
  public INDArray matmul(INDArray x, INDArray weight) {
    return product(x, weight, null);
  }

  @Override
  public INDArray matmul(INDArray x, INDArray weight, IntegerEpilogue epilogue) {
    return product(x, weight, rowMajor(epilogue));
  }

  @Override
  public INDArray conv(INDArray x, INDArray weight, ConvGeometry geometry) {
    return convolution(x, weight, geometry, null);
  }

  @Override
  public INDArray conv(
      INDArray x, INDArray weight, ConvGeometry geometry, IntegerEpilogue epilogue) {
    return convolution(x, weight, geometry, rowMajor(epilogue));
  }

  /** The same, with an addend that is row-major and left alone. */
  private IntegerEpilogue rowMajor(IntegerEpilogue epilogue) {
    IntegerFinish finish = epilogue.finish();
    INDArray addend = finish.addend();
    if (addend == null) {
      return epilogue;
    }
    Quantum quantum = finish.addendQuantum();
    INDArray rows =
        quantum == null ? Layout.ROW_MAJOR.ensure(addend) : inLayout(addend, Layout.ROW_MAJOR);
    return new IntegerEpilogue(
        epilogue.source(),
        epilogue.scales(),
        epilogue.bias(),
        new IntegerFinish(rows, quantum, finish.relu(), false, finish.target()));
  }

  private static INDArray product(INDArray x, INDArray weight, @Nullable IntegerEpilogue epilogue) {
    return new IntegerProduct(x, weight, epilogue).run();
  }

  /** Positions at a time, about as many as usual, of which the last are not left with few. */
  private static int share(int positions) {
    int parts = (positions + WIDTH / 2) / WIDTH;
    return (positions + parts - 1) / parts;
  }

  /** Examples with few positions are taken several at a time. */
  private static INDArray convolution(
      INDArray x, INDArray weight, ConvGeometry g, @Nullable IntegerEpilogue epilogue) {
    int units = Math.toIntExact(weight.size(0));
    WholeNumbers numbers = new WholeNumbers(x, epilogue == null ? null : epilogue.source());
    WindowColumns windows = new WindowColumns(g, x.shape());
    float[] weights = WholeNumbers.signed(weight);
    SumSink sink = new SumSink(g.outputShape(x.shape(), units), epilogue);
    int channels = numbers.channels() / g.groups();
    int positions = windows.positions();
    int groupUnits = units / g.groups();
    int least = Math.max(1, LEAST_WIDTH / positions);
    Shares shares = Shares.of(x.size(0), least, Math.max(1, WIDTH / positions), units);
    int width = positions < WIDTH ? shares.grain() * positions : share(positions);
    shares.run(
        x.size(0),
        units,
        (from, to, firstUnit, lastUnit) -> {
          float[][] planes = new float[(int) (to - from)][];
          for (int n = 0; n < planes.length; n++) {
            planes[n] = windows.pad(numbers.example(from + n), numbers.channels());
          }
          int most = Math.min(groupUnits, lastUnit - firstUnit);
          ExactSums sums = new ExactSums(weights, channels * windows.taps(), width, most);
          for (int at = 0; at < positions; at += width) {
            WindowColumns.Part part = windows.part(planes, at, Math.min(width, positions - at));
            for (int unit = firstUnit; unit < lastUnit; ) {
              int group = unit / groupUnits;
              int end = Math.min(lastUnit, (group + 1) * groupUnits);
              sums.run(part.of(group * channels), part.width(), unit, end, sink.at(from, at));
              unit = end;
            }
          }
        });
    return sink.result();
  }
}
