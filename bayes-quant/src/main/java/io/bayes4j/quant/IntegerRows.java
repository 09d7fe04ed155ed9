package io.bayes4j.quant;

import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.ops.IntegerProducts;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rows [N, inputs] times the transpose of 8-bit weights. */
record IntegerRows(QuantizedWeights.Drawn drawn, InputScale input)
    implements IntegerProducts.Product {
  @Override
  public Optional<Quantum> source() {
    return input.calibrated();
  }

  @Override
  public INDArray run(INDArray x, IntegerFinish finish) {
    INDArray in = input.checked(x);
    Optional<Quantum> quantum = input.calibrated();
    if (quantum.isPresent()) {
      return Kernels.integers().matmul(in, drawn.kernel(), drawn.then(quantum.get(), finish));
    }
    DynamicRows rows = DynamicRows.of(in);
    return rows.floats(Kernels.integers().matmul(rows.numbers(), drawn.kernel()), drawn, finish);
  }
}
