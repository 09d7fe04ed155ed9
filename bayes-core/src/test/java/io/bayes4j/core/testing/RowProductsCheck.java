package io.bayes4j.core.testing;

import static io.bayes4j.core.testing.Doubles.assertClose;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.RowProducts;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares a provider's {@link RowProducts} with loops in double precision. */
public final class RowProductsCheck {
  private static final int BLOCKS = 3;

  private RowProductsCheck() {}

  /**
   * Multiplies several blocks of every size by a matrix as it is, transposed, and as a view.
   *
   * @param tolerance largest error, relative to the largest element
   */
  public static void assertProducts(KernelProvider provider, double tolerance) {
    KernelGrid.products()
        .forEach(
            size -> {
              INDArray matrix = Samples.normals(1, size[1], size[2]);
              for (INDArray form : List.of(matrix, Samples.strided(matrix), matrix.dup('f'))) {
                assertBlocks(provider, size[0], form, false, tolerance);
              }
              INDArray transposed = Samples.normals(2, size[2], size[1]);
              assertBlocks(provider, size[0], transposed, true, tolerance);
            });
  }

  private static void assertBlocks(
      KernelProvider provider, int rows, INDArray matrix, boolean transposed, double tolerance) {
    int width = Math.toIntExact(matrix.size(transposed ? 0 : 1));
    float[] products = new float[rows * width];
    try (RowProducts bound = provider.rowProducts(matrix, transposed, rows)) {
      for (int block = 0; block < BLOCKS; block++) {
        INDArray given = Samples.normals(10 + block, rows, matrix.size(transposed ? 1 : 0));
        float[] operand = new float[Math.toIntExact(given.length())];
        FloatMemory.of(given, "given").read(0, operand, operand.length);
        bound.multiply(operand, products);
        INDArray actual = Samples.normals(1, rows, width);
        FloatMemory.of(actual, "actual").write(0, products, products.length);
        assertClose(
            "block " + block + " of " + rows + " rows, transposed " + transposed,
            actual,
            new long[] {rows, width},
            NaiveKernels.matmul(given, false, matrix, transposed),
            tolerance);
      }
    }
  }
}
