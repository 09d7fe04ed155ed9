package io.bayes4j.quant;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Layout;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a layer rounds its input.
 *
 * @param calibrated empty to give each row or example a scale of its own
 * @param first whether the input comes from outside: it is then checked to be finite, since NaN has
 *     no 8-bit number; what quantized layers make of finite numbers is finite
 */
record InputScale(Optional<Quantum> calibrated, boolean first) {
  /** Name of its array among a layer's buffers. */
  static final String NAME = "input.scale";

  /** Nothing is known beforehand. */
  static final InputScale DYNAMIC = new InputScale(Optional.empty(), true);

  /** That of hidden states, which lie between -1 and 1. */
  static final InputScale HIDDEN =
      new InputScale(Optional.of(new Quantum(1f / Byte.MAX_VALUE, true)), false);

  /** One of numbers as {@link #array} has them. */
  static InputScale of(INDArray array) {
    float[] numbers = FloatMemory.numbers(array, NAME);
    return numbers[0] == 0
        ? DYNAMIC
        : new InputScale(Optional.of(new Quantum(numbers[0], numbers[1] != 0)), numbers[2] != 0);
  }

  /** The input, dense in either layout, checked if it is of floats that come from outside. */
  INDArray checked(INDArray x) {
    if (x.dataType() != DataType.FLOAT) {
      return x;
    }
    INDArray dense = dense(x);
    // Dynamic rows are checked as they are rounded.
    if (first && calibrated.isPresent()) {
      Finite.require("x", dense);
    }
    return dense;
  }

  /** The array itself if it is dense, else a copy. */
  static INDArray dense(INDArray x) {
    return Layout.CHANNELS_LAST.describes(x) ? x : Layout.ROW_MAJOR.ensure(x);
  }

  /** The scale, 0 if there is none; whether numbers are signed, and come from outside. */
  INDArray array() {
    return calibrated
        .map(
            quantum ->
                Detached.of(new float[] {quantum.scale(), quantum.signed() ? 1 : 0, first ? 1 : 0}))
        .orElseGet(() -> Detached.of(new float[] {0, 1, 1}));
  }
}
