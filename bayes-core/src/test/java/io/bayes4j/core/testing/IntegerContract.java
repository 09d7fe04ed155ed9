package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.memory.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of 8-bit numbers: every sum to the last bit, and what floats are made of it. */
public final class IntegerContract {
  /** Standard normals times this reach both ends of the range. */
  private static final double SPREAD = 80;

  private final IntegerKernels kernels;

  IntegerContract(IntegerKernels kernels) {
    this.kernels = kernels;
  }

  /**
   * Checks some of every kind of product, to the last bit.
   *
   * @throws AssertionError where one is wrong
   */
  public static void check(IntegerKernels kernels) {
    IntegerContract contract = new IntegerContract(kernels);
    contract.products();
    contract.extremes();
    contract.largeConvolutions();
  }

  /** More positions, and more terms, than are summed at a time. */
  void largeConvolutions() {
    for (Layout layout : Layout.values()) {
      ConvGeometry g =
          new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
      KernelGrid.Case wide = new KernelGrid.Case(layout, 2, 3, 5, List.of(31, 30), g);
      KernelGrid.Case deep = new KernelGrid.Case(layout, 3, 70, 130, List.of(6, 5), g);
      for (KernelGrid.Case c : List.of(wide, deep)) {
        conv(c);
        finishedConv(c);
      }
    }
  }

  void products() {
    KernelGrid.products().forEach(size -> matmul(size[0], size[1], size[2]));
    matmul(3, 1025, 5);
    matmul(9, 1025, 70);
    finishedMatmul(3, 1025, 5);
    finishedMatmul(40, 600, 65);
    finishedMatmul(130, 17, 33);
    rowProducts(1, 3, 5);
    rowProducts(32, 64, 256);
  }

  void extremes() {
    for (int terms : new int[] {1, 2, 511, 512, 513, 4099, 65_793}) {
      extremes(terms);
    }
    for (int channels : new int[] {57, 515, 2049}) {
      extremesOfWindows(channels);
    }
  }

  private static INDArray wholes(Layout layout, long seed, boolean signed, long... shape) {
    INDArray x = Samples.normals(layout, seed, shape).mul(SPREAD);
    INDArray in = Samples.in(layout, signed ? x : x.mul(2));
    return Kernels.portable().integers().quantize(in, new Quantum(1, signed));
  }

  private static INDArray weights(long... shape) {
    return wholes(Layout.ROW_MAJOR, 2, true, shape);
  }

  /** The numbers of bytes, of which those above 127 are not negative. */
  private static INDArray floats(INDArray wholes) {
    return Samples.in(Layout.of(wholes), wholes.castTo(DataType.FLOAT));
  }

  void conv(KernelGrid.Case c) {
    for (boolean signed : new boolean[] {true, false}) {
      INDArray x = wholes(c.layout(), 1, signed, c.shapeX());
      INDArray w = weights(c.shapeW());
      INDArray sums = kernels.conv(x, w, c.g());
      assertSums(
          c + (signed ? " s8" : " u8"), sums, NaiveKernels.conv(floats(x), floats(w), null, c.g()));
    }
  }

  private static void assertSums(String what, INDArray sums, double[] expected) {
    assertThat(sums.dataType()).isEqualTo(DataType.INT32);
    // A float, through which Doubles reads, does not hold every one of them.
    int[] exact = Arrays.stream(expected).mapToInt(sum -> (int) sum).toArray();
    assertThat(sums.dup('c').data().asInt()).as(what).isEqualTo(exact);
  }

  /**
   * The greatest products there are, all alike: where pairs are added up in 16 bits they break, and
   * where sums are ever floats that do not hold them.
   */
  private void extremes(int terms) {
    for (boolean signed : new boolean[] {true, false}) {
      for (double most : signed ? new double[] {-128, 127} : new double[] {255}) {
        for (double weight : new double[] {-128, 127}) {
          extremes(signed, most, weight, terms);
        }
      }
    }
  }

  private void extremes(boolean signed, double most, double weight, int terms) {
    String what = "extremes " + terms + " of " + most + " by " + weight;
    INDArray x = filled(signed, most, 3, terms);
    INDArray w = filled(true, weight, 5, terms);
    double[] expected = new double[15];
    Arrays.fill(expected, most * weight * terms);
    assertSums(what, kernels.matmul(x, w), expected);
    IntegerEpilogue biased =
        new IntegerEpilogue(source(signed), scales(5), Samples.normals(3, 5), IntegerFinish.NONE);
    new FinishCheck(what, 0, expected, new long[] {3, 5}, biased)
        .result(epilogue -> kernels.matmul(x, w, epilogue));
  }

  /** The same of convolutions by single points and by windows. */
  private void extremesOfWindows(int channels) {
    for (int side : new int[] {1, 3}) {
      ConvGeometry g =
          new ConvGeometry(List.of(side, side), List.of(1, 1), List.of(0, 0), List.of(1, 1), 1);
      for (double most : new double[] {-128, 127}) {
        INDArray x = filled(true, most, 2, channels, 3, 3);
        INDArray w = filled(true, 127, 16, channels, side, side);
        long[] shape = g.outputShape(x.shape(), 16);
        double[] expected = new double[(int) (2 * 16 * shape[2] * shape[3])];
        Arrays.fill(expected, most * 127 * channels * side * side);
        String what = "extremes " + channels + " of " + most + " by " + side;
        assertSums(what, kernels.conv(x, w, g), expected);
        INDArray bias = Samples.normals(3, 16);
        new FinishCheck(
                what,
                0,
                expected,
                shape,
                new IntegerEpilogue(source(true), scales(16), bias, IntegerFinish.NONE))
            .result(epilogue -> kernels.conv(x, w, g, epilogue));
      }
    }
  }

  private INDArray filled(boolean signed, double number, long... shape) {
    return kernels.quantize(Samples.normals(1, shape).assign(number), new Quantum(1, signed));
  }

  private void matmul(int m, int k, int n) {
    for (boolean signed : new boolean[] {true, false}) {
      INDArray x = wholes(Layout.ROW_MAJOR, 1, signed, m, k);
      INDArray w = weights(n, k);
      double[] expected = NaiveKernels.matmul(floats(x), false, floats(w), true);
      assertSums("product " + m + " " + k + " " + n, kernels.matmul(x, w), expected);
    }
  }

  void quantize(Layout layout) {
    INDArray x = Samples.normals(layout, 1, 3, 5, 7, 33).mul(3);
    x.putScalar(0, 0.03125f);
    x.putScalar(1, 0.09375f);
    INDArray in = Samples.in(layout, x);
    for (boolean signed : new boolean[] {true, false}) {
      Quantum quantum = new Quantum(0.0625f, signed);
      double[] values = Doubles.of(in);
      int[] expected = new int[values.length];
      for (int i = 0; i < expected.length; i++) {
        double steps = Math.rint(values[i] / quantum.scale());
        expected[i] = (int) Math.max(quantum.least(), Math.min(quantum.greatest(), steps));
      }
      INDArray rounded = kernels.quantize(in, quantum);
      assertThat(rounded.dataType()).isEqualTo(quantum.type());
      assertThat(Layout.of(rounded)).isEqualTo(layout);
      assertThat(floats(rounded).dup('c').data().asInt()).isEqualTo(expected);
    }
  }

  /**
   * Convolutions and what follows, in floats and in 8 bits: with a bias, an addend of floats or of
   * 8-bit numbers in either layout, a ReLU, and without; of floats and of 8-bit numbers. All agree
   * with plain arithmetic in every bit.
   */
  void finishedConv(KernelGrid.Case c) {
    INDArray w = weights(c.shapeW());
    INDArray x = Samples.normals(c.layout(), 1, c.shapeX());
    for (boolean signed : new boolean[] {true, false}) {
      INDArray bytes = kernels.quantize(x, source(signed));
      double[] sums = NaiveKernels.conv(floats(bytes), floats(w), null, c.g());
      for (FinishCheck check : checks("" + c, signed, sums, c.shapeY())) {
        check.result(e -> kernels.conv(bytes, w, c.g(), e));
        check.result(e -> kernels.conv(check.turn() % 4 == 0 ? x : bytes, w, c.g(), e));
      }
    }
  }

  private void finishedMatmul(int m, int k, int n) {
    INDArray w = weights(n, k);
    INDArray x = Samples.normals(1, m, k);
    for (boolean signed : new boolean[] {true, false}) {
      INDArray bytes = kernels.quantize(x, source(signed));
      double[] sums = NaiveKernels.matmul(floats(bytes), false, floats(w), true);
      for (FinishCheck check : checks("product", signed, sums, m, n)) {
        check.result(e -> kernels.matmul(bytes, w, e));
        check.result(e -> kernels.matmul(check.turn() % 4 == 0 ? x : bytes, w, e));
      }
    }
  }

  /** One block after another gives the bits of products by themselves. */
  private void rowProducts(int rows, int k, int n) {
    INDArray w = weights(n, k);
    for (boolean signed : new boolean[] {true, false}) {
      for (INDArray bias : new INDArray[] {null, Samples.normals(3, n)}) {
        IntegerEpilogue epilogue =
            new IntegerEpilogue(source(signed), scales(n), bias, IntegerFinish.NONE);
        float[] products = new float[rows * n];
        try (RowProducts bound = kernels.rowProducts(w, epilogue, rows)) {
          for (int block = 0; block < 3; block++) {
            INDArray x = Samples.normals(10 + block, rows, k);
            bound.multiply(FloatMemory.numbers(x, "x"), products);
            assertThat(products)
                .as("block %d, %d %d %d", block, rows, k, n)
                .isEqualTo(FloatMemory.numbers(kernels.matmul(x, w, epilogue), "product"));
          }
        }
      }
    }
  }

  private static Quantum source(boolean signed) {
    return new Quantum(0.0234375f, signed);
  }

  /** Every sixth finish from one on that depends on the shape, with and without a bias in turn. */
  private static List<FinishCheck> checks(
      String what, boolean signed, double[] sums, long... shape) {
    List<IntegerFinish> finishes = finishes(shape);
    int units = (int) shape[1];
    INDArray bias = Samples.normals(3, units);
    List<FinishCheck> checks = new ArrayList<>();
    int first = Math.floorMod(Arrays.hashCode(shape), 3) * 2 + (signed ? 0 : 1);
    for (int i = first; i < finishes.size(); i += 6) {
      INDArray shift = i % 3 == 0 ? null : bias;
      IntegerEpilogue e =
          new IntegerEpilogue(source(signed), scales(units), shift, finishes.get(i));
      checks.add(new FinishCheck(what + " " + e, i, sums, shape, e));
    }
    return checks;
  }

  /** Back to floats, into the other layout, and the largest of windows. */
  void moves(GeometryEdges.Pooling c) {
    for (boolean signed : new boolean[] {true, false}) {
      INDArray x = wholes(c.layout(), 1, signed, c.shapeX());
      Quantum quantum = new Quantum(0.3f, signed);
      INDArray floats = kernels.dequantize(x, quantum);
      double[] numbers = Doubles.of(floats(x));
      assertThat(Layout.of(floats)).isEqualTo(Layout.of(x));
      double[] scaled = Arrays.stream(numbers).map(n -> 0.3f * (float) n).toArray();
      assertThat(Doubles.of(floats)).isEqualTo(scaled);
      for (Layout layout : Layout.values()) {
        INDArray moved = kernels.inLayout(x, layout);
        assertThat(layout.describes(moved)).isTrue();
        assertThat(moved.dataType()).isEqualTo(x.dataType());
        assertThat(Doubles.of(floats(moved))).isEqualTo(numbers);
      }
      INDArray largest = kernels.maxPool(x, c.geometry());
      // Of padding alone it is minus infinity, which becomes the least number.
      INDArray pooled = Kernels.portable().maxPool(floats(x), c.geometry());
      Quantum one = new Quantum(1, signed);
      INDArray expected = floats(Kernels.portable().integers().quantize(pooled, one));
      assertThat(largest.dataType()).isEqualTo(x.dataType());
      assertThat(Doubles.of(floats(largest))).as("" + c).isEqualTo(Doubles.of(expected));
    }
  }

  private static List<Float> scales(int units) {
    List<Float> scales = new ArrayList<>();
    for (int unit = 0; unit < units; unit++) {
      scales.add(0.01f + 0.001f * unit);
    }
    return scales;
  }

  private static List<IntegerFinish> finishes(long... shape) {
    List<IntegerFinish> finishes = new ArrayList<>();
    INDArray rows = Samples.normals(Layout.ROW_MAJOR, 4, shape);
    INDArray last = Samples.normals(Layout.CHANNELS_LAST, 4, shape);
    Quantum s8 = new Quantum(0.03f, true);
    Quantum u8 = new Quantum(0.017f, false);
    IntegerKernels portable = Kernels.portable().integers();
    finishes.add(IntegerFinish.NONE);
    finishes.add(new IntegerFinish(null, null, true, false, null));
    finishes.add(new IntegerFinish(rows, null, true, false, null));
    finishes.add(new IntegerFinish(last, null, false, false, null));
    finishes.add(new IntegerFinish(portable.quantize(last, u8), u8, false, false, null));
    for (Quantum target : List.of(new Quantum(0.04f, true), new Quantum(0.021f, false))) {
      finishes.add(new IntegerFinish(null, null, false, false, target));
      finishes.add(new IntegerFinish(null, null, true, false, target));
      finishes.add(new IntegerFinish(rows, null, true, false, target));
      finishes.add(new IntegerFinish(portable.quantize(rows, s8), s8, true, false, target));
      finishes.add(new IntegerFinish(portable.quantize(last, u8), u8, true, false, target));
    }
    return finishes;
  }
}
