package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link RowProducts} on a provider's ordinary matrix product. */
final class RowProductsByMatmul implements RowProducts {
  private final KernelProvider provider;
  private final INDArray matrix;
  private final boolean transposed;
  private final INDArray operand;
  private final FloatMemory memory;

  RowProductsByMatmul(KernelProvider provider, INDArray matrix, boolean transposed, int rows) {
    this.provider = provider;
    this.matrix = matrix;
    this.transposed = transposed;
    this.operand = Arena.allocate(rows, matrix.size(transposed ? 1 : 0));
    this.memory = FloatMemory.of(operand, "operand");
  }

  @Override
  public void multiply(float[] rows, float[] products) {
    memory.write(0, rows, rows.length);
    INDArray product = provider.matmul(operand, false, matrix, transposed);
    FloatMemory.of(product, "product").read(0, products, products.length);
    Arena.release(product);
  }

  @Override
  public void close() {
    Arena.release(operand);
  }
}
