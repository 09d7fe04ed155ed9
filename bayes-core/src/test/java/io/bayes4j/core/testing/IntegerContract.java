package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerKernels;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of 8-bit numbers: every sum to the last bit, and what floats are made of it. */
final class IntegerContract {
  /** Standard normals times this reach both ends of the range. */
  private static final double SPREAD = 80;

  private final IntegerKernels kernels;

  IntegerContract(IntegerKernels kernels) {
    this.kernels = kernels;
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

  /** The greatest products there are, all alike: where pairs are added up in 16 bits they break. */
  void extremes(int terms) {
    for (double weight : new double[] {-128, 127}) {
      for (boolean signed : new boolean[] {true, false}) {
        double most = signed ? -128 : 255;
        Quantum one = new Quantum(1, signed);
        INDArray x = kernels.quantize(Samples.normals(1, 3, terms).assign(most), one);
        INDArray w =
            kernels.quantize(Samples.normals(1, 5, terms).assign(weight), new Quantum(1, true));
        double[] expected = new double[15];
        Arrays.fill(expected, most * weight * terms);
        assertSums("extremes " + terms, kernels.matmul(x, w), expected);
      }
    }
  }

  void matmul(int m, int k, int n) {
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

  /** Floats in, floats out: with a bias, an addend in either layout, a ReLU, and without. */
  void convOfFloats(KernelGrid.Case c) {
    INDArray w = weights(c.shapeW());
    List<Float> scales = scales(c.units());
    for (boolean signed : new boolean[] {true, false}) {
      Quantum quantum = new Quantum(0.0234375f, signed);
      INDArray x = Samples.normals(c.layout(), 1, c.shapeX());
      INDArray bytes = kernels.quantize(x, quantum);
      double[] sums = NaiveKernels.conv(floats(bytes), floats(w), null, c.g());
      long[] shape = c.shapeY();
      KernelCheck check = new KernelCheck(1e-5);
      INDArray bias = Samples.normals(3, c.units());
      for (Epilogue epilogue : epilogues(shape)) {
        IntegerEpilogue e = new IntegerEpilogue(quantum, scales, bias, epilogue);
        check.kernel(c + " " + e, kernels.conv(x, w, c.g(), e), shape, expected(sums, shape, e));
      }
      IntegerEpilogue e = new IntegerEpilogue(quantum, scales, null, Epilogue.NONE);
      check.kernel("" + c, kernels.conv(bytes, w, c.g(), e), shape, expected(sums, shape, e));
    }
  }

  void matmulOfFloats(int m, int k, int n) {
    INDArray w = weights(n, k);
    Quantum quantum = new Quantum(0.0234375f, true);
    INDArray x = Samples.normals(1, m, k);
    INDArray bytes = kernels.quantize(x, quantum);
    double[] sums = NaiveKernels.matmul(floats(bytes), false, floats(w), true);
    for (INDArray bias : Arrays.asList(null, Samples.normals(3, n))) {
      for (Epilogue epilogue : epilogues(m, n)) {
        IntegerEpilogue e = new IntegerEpilogue(quantum, scales(n), bias, epilogue);
        double[] expected = expected(sums, new long[] {m, n}, e);
        new KernelCheck(1e-5).kernel("" + e, kernels.matmul(x, w, e), new long[] {m, n}, expected);
      }
    }
  }

  private static List<Float> scales(int units) {
    List<Float> scales = new ArrayList<>();
    for (int unit = 0; unit < units; unit++) {
      scales.add(0.01f + 0.001f * unit);
    }
    return scales;
  }

  private static List<Epilogue> epilogues(long... shape) {
    return List.of(
        Epilogue.NONE,
        new Epilogue(null, true),
        new Epilogue(Samples.normals(Layout.ROW_MAJOR, 4, shape), true),
        new Epilogue(Samples.normals(Layout.CHANNELS_LAST, 4, shape), false));
  }

  private static double[] expected(double[] sums, long[] shape, IntegerEpilogue e) {
    int units = (int) shape[1];
    int positions = sums.length / (int) shape[0] / units;
    double[] bias = e.bias() == null ? new double[units] : Doubles.of(e.bias());
    double[] addend =
        e.epilogue().addend() == null ? new double[sums.length] : Doubles.of(e.epilogue().addend());
    double[] y = new double[sums.length];
    for (int i = 0; i < y.length; i++) {
      int unit = i / positions % units;
      y[i] = sums[i] * e.source().scale() * e.scales().get(unit) + bias[unit] + addend[i];
      y[i] = e.epilogue().relu() ? Math.max(0, y[i]) : y[i];
    }
    return y;
  }
}
