package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link RowProducts} on a provider's ordinary product of 8-bit numbers. */
final class IntegerRowProducts implements RowProducts {
  private final IntegerKernels kernels;
  private final INDArray weight;
  private final IntegerEpilogue epilogue;
  private final INDArray operand;
  private final FloatMemory memory;

  IntegerRowProducts(IntegerKernels kernels, INDArray weight, IntegerEpilogue epilogue, int rows) {
    this.kernels = kernels;
    this.weight = weight;
    this.epilogue = epilogue;
    this.operand = Arena.allocate(rows, weight.size(1));
    this.memory = FloatMemory.of(operand, "operand");
  }

  @Override
  public void multiply(float[] rows, float[] products) {
    memory.write(0, rows, rows.length);
    INDArray product = kernels.matmul(operand, weight, epilogue);
    FloatMemory.of(product, "product").read(0, products, products.length);
    Arena.release(product);
  }

  @Override
  public void close() {
    Arena.release(operand);
  }
}
