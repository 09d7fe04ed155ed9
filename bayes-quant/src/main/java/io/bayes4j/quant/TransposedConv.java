package io.bayes4j.quant;

import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.IntegerProducts;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A transposed convolution by 8-bit weights, as a convolution of a larger input. */
record TransposedConv(ReversedKernel kernel, QuantizedWeights.Drawn drawn, InputScale input)
    implements IntegerProducts.Product {
  /** Shape of the result. */
  long[] shape(long... shapeX) {
    return kernel.geometry().outputShape(kernel.inputShape(shapeX), drawn.kernel().size(0));
  }

  @Override
  public Optional<Quantum> source() {
    return input.calibrated();
  }

  @Override
  public INDArray run(INDArray x, IntegerFinish finish) {
    Optional<Quantum> quantum = input.calibrated();
    if (quantum.isPresent()) {
      INDArray larger = Spaced.of(numbers(x, quantum.get()), kernel);
      return Kernels.integers()
          .conv(larger, drawn.kernel(), kernel.geometry(), drawn.then(quantum.get(), finish));
    }
    DynamicRows rows = DynamicRows.of(Layout.CHANNELS_LAST.ensure(input.checked(x)));
    INDArray larger = Spaced.of(rows.numbers(), kernel);
    INDArray sums = Kernels.integers().conv(larger, drawn.kernel(), kernel.geometry());
    return rows.floats(sums, drawn, finish);
  }

  private INDArray numbers(INDArray x, Quantum quantum) {
    INDArray numbers =
        x.dataType() == DataType.FLOAT ? Kernels.integers().quantize(input.checked(x), quantum) : x;
    return Kernels.integers().inLayout(numbers, Layout.CHANNELS_LAST);
  }
}
