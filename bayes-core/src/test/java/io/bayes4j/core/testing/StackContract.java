package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Products of stacks of matrices, compared with loops in double precision. */
public final class StackContract {
  private final KernelProvider provider;
  private final KernelCheck check;
  private final UnaryOperator<INDArray> numbers;

  /**
   * The contract of a provider.
   *
   * @param tolerance largest error, relative to the largest element of a result
   * @param numbers what becomes of normally distributed numbers before they are multiplied
   */
  public StackContract(KernelProvider provider, double tolerance, UnaryOperator<INDArray> numbers) {
    this.provider = provider;
    this.check = new KernelCheck(tolerance);
    this.numbers = numbers;
  }

  /** Op(a) op(b), [m, k] times [k, n]. */
  private record Size(int m, int k, int n, boolean transposeA, boolean transposeB) {
    long[] shapeA(long... leading) {
      return shape(leading, transposeA ? k : m, transposeA ? m : k);
    }

    long[] shapeB(long... leading) {
      return shape(leading, transposeB ? n : k, transposeB ? k : n);
    }

    long[] shapeY(long... leading) {
      return shape(leading, m, n);
    }

    private static long[] shape(long[] leading, long rows, long columns) {
      long[] shape = Arrays.copyOf(leading, leading.length + 2);
      shape[leading.length] = rows;
      shape[leading.length + 1] = columns;
      return shape;
    }
  }

  private static Stream<Size> transposed(int m, int k, int n) {
    return Stream.of(0, 1, 2, 3).map(bits -> new Size(m, k, n, (bits & 1) != 0, (bits & 2) != 0));
  }

  private INDArray normals(long seed, long... shape) {
    return numbers.apply(Samples.normals(seed, shape));
  }

  private INDArray product(INDArray a, INDArray b, Size size) {
    return provider.matmuls(a, size.transposeA, b, size.transposeB);
  }

  /** Sizes from one to more than a hundred, every factor transposed or not. */
  public void everySize() {
    KernelGrid.products()
        .flatMap(size -> transposed(size[0], size[1], size[2]))
        .forEach(size -> matches(size, normals(1, size.shapeA(3)), normals(2, size.shapeB(3))));
  }

  /** One leading axis or several, axes of length one, and arrays that are not row-major. */
  public void everyShape() {
    for (long[] leading : new long[][] {{1}, {5}, {2, 3}, {1, 4}, {4, 1}, {2, 1, 3}}) {
      Stream.of(transposed(1, 7, 1), transposed(5, 1, 6), transposed(19, 8, 5))
          .flatMap(sizes -> sizes)
          .forEach(
              size -> {
                INDArray a = normals(1, size.shapeA(leading));
                INDArray b = normals(2, size.shapeB(leading));
                matches(size, a, b);
                matches(size, Samples.strided(a), b);
                matches(size, a, b.dup('f'));
                matches(size, Layout.CHANNELS_LAST.ensure(a), Layout.CHANNELS_LAST.ensure(b));
              });
    }
  }

  private void matches(Size size, INDArray a, INDArray b) {
    long[] leading = Arrays.copyOf(a.shape(), a.rank() - 2);
    long stack = Arrays.stream(leading).reduce(1, Math::multiplyExact);
    INDArray flatA = a.dup('c').reshape('c', size.shapeA(stack));
    INDArray flatB = b.dup('c').reshape('c', size.shapeB(stack));
    double[] expected = new double[(int) stack * size.m * size.n];
    for (int i = 0; i < stack; i++) {
      double[] one =
          NaiveKernels.matmul(flatA.slice(i), size.transposeA, flatB.slice(i), size.transposeB);
      System.arraycopy(one, 0, expected, i * one.length, one.length);
    }
    String what = Arrays.toString(a.shape()) + " " + size;
    check.kernel(what, product(a, b, size), size.shapeY(leading), expected);
  }

  /** What a matrix gives has the same bits alone, among many, and whoever computes it. */
  public void everyMatrixByItself() {
    int threads = Parallel.threads();
    try {
      for (int[] length : new int[][] {{16, 32}, {64, 32}, {197, 64}, {33, 70}}) {
        Stream.of(
                transposed(length[0], length[1], length[0]),
                transposed(length[0], length[0], length[1]))
            .flatMap(sizes -> sizes)
            .forEach(this::sameBits);
      }
    } finally {
      Parallel.setThreads(threads);
    }
  }

  private void sameBits(Size size) {
    INDArray a = normals(1, size.shapeA(9, 4));
    INDArray b = normals(2, size.shapeB(9, 4));
    Parallel.setThreads(1);
    float[] all = FloatMemory.numbers(product(a, b, size), "y");
    for (int number : List.of(2, 3, 16)) {
      Parallel.setThreads(number);
      assertThat(FloatMemory.numbers(product(a, b, size), "y"))
          .as("%s on %d threads", size, number)
          .isEqualTo(all);
    }
    for (int examples : List.of(1, 2, 5)) {
      INDArray some =
          product(
              a.get(NDArrayIndex.interval(3, 3 + examples)).dup('c'),
              b.get(NDArrayIndex.interval(3, 3 + examples)).dup('c'),
              size);
      int example = all.length / 9;
      assertThat(FloatMemory.numbers(some, "y"))
          .as("%d examples of %s", examples, size)
          .isEqualTo(Arrays.copyOfRange(all, 3 * example, (3 + examples) * example));
    }
  }
}
