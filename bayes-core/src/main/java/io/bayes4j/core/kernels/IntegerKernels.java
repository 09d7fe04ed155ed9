package io.bayes4j.core.kernels;

import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Products of 8-bit numbers, added up in 32-bit integers: exact, so that all providers agree in
 * every bit of a sum.
 *
 * <p>Factors on the left are INT8 or UINT8, weights are INT8 and row-major. Activations are dense
 * in either {@link io.bayes4j.core.memory.Layout}. A sum must fit in 32 bits, which it is sure to
 * for up to {@value #MOST_TERMS} terms.
 */
public interface IntegerKernels {
  /** Terms of which the sum is sure to fit in 32 bits: each is at most 255 * 128 in size. */
  int MOST_TERMS = Integer.MAX_VALUE / (255 * 128);

  /** The instructions that multiply, such as AMX_INT8, AVX512_VNNI, or Java for plain Java. */
  String instructions();

  /** Rounds floats to INT8 or UINT8 numbers in the same layout. */
  INDArray quantize(INDArray x, Quantum quantum);

  /** The floats that 8-bit numbers stand for, in the same layout. */
  INDArray dequantize(INDArray x, Quantum quantum);

  /** 8-bit numbers in another layout; those themselves if they are in it. */
  INDArray inLayout(INDArray x, Layout layout);

  /** The largest of the 8-bit numbers of each window; padding never wins. */
  default INDArray maxPool(INDArray x, PoolGeometry window) {
    Quantum one = new Quantum(1, x.dataType() == DataType.INT8);
    return quantize(PoolKernels.maxPool(dequantize(x, one), window), one);
  }

  /** x [N, F] times the transpose of weight [U, F]: INT32 [N, U]. */
  INDArray matmul(INDArray x, INDArray weight);

  /** Cross-correlation of x [N, C, spatial] with weight [U, C / groups, kernel]: INT32. */
  INDArray conv(INDArray x, INDArray weight, ConvGeometry geometry);

  /** {@link #matmul} of x, rounded first if it is of floats, and what follows. */
  INDArray matmul(INDArray x, INDArray weight, IntegerEpilogue epilogue);

  /**
   * {@link #matmul} of one block of so many rows of floats after another, and what follows, which
   * is neither added nor rounded.
   */
  default RowProducts rowProducts(INDArray weight, IntegerEpilogue epilogue, int rows) {
    return new IntegerRowProducts(this, weight, epilogue, rows);
  }

  /** {@link #conv} of x, rounded first if it is of floats, and what follows. */
  INDArray conv(INDArray x, INDArray weight, ConvGeometry geometry, IntegerEpilogue epilogue);
}
