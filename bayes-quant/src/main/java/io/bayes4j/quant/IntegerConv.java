package io.bayes4j.quant;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.ops.IntegerProducts;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A convolution by 8-bit weights. */
record IntegerConv(ConvGeometry geometry, QuantizedWeights.Drawn drawn, InputScale input)
    implements IntegerProducts.Product {
  /** Shape of the result. */
  long[] shape(long... shapeX) {
    return geometry.outputShape(shapeX, drawn.kernel().size(0));
  }

  @Override
  public Optional<Quantum> source() {
    return input.calibrated();
  }

  @Override
  public INDArray run(INDArray x, IntegerFinish finish) {
    INDArray in = input.checked(x);
    Optional<Quantum> quantum = input.calibrated();
    if (quantum.isPresent()) {
      return Kernels.integers()
          .conv(in, drawn.kernel(), geometry, drawn.then(quantum.get(), finish));
    }
    DynamicRows rows = DynamicRows.of(in);
    INDArray sums = Kernels.integers().conv(rows.numbers(), drawn.kernel(), geometry);
    return rows.floats(sums, drawn, finish);
  }
}
