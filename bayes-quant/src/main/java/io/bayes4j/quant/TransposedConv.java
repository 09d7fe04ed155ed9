package io.bayes4j.quant;

import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.IntegerProducts;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A transposed convolution by 8-bit weights, as a convolution of a larger input. */
record TransposedConv(ReversedKernel kernel, QuantizedWeights.Drawn drawn, InputScale input)
    implements IntegerProducts.Product {
  /** Shape of the result. */
  long[] shape(long... shapeX) {
    return kernel.geometry().outputShape(kernel.inputShape(shapeX), drawn.kernel().size(0));
  }

  @Override
  public INDArray run(INDArray x, Epilogue epilogue) {
    INDArray in = Layout.CHANNELS_LAST.ensure(input.checked(x));
    Optional<Quantum> quantum = input.calibrated();
    if (quantum.isPresent()) {
      INDArray numbers = Kernels.integers().quantize(in, quantum.get());
      INDArray larger = Spaced.of(numbers, kernel);
      Arena.release(numbers);
      return Kernels.integers()
          .conv(larger, drawn.kernel(), kernel.geometry(), drawn.then(quantum.get(), epilogue));
    }
    DynamicRows rows = DynamicRows.of(in);
    INDArray larger = Spaced.of(rows.numbers(), kernel);
    INDArray sums = Kernels.integers().conv(larger, drawn.kernel(), kernel.geometry());
    return rows.floats(sums, drawn, epilogue);
  }
}
