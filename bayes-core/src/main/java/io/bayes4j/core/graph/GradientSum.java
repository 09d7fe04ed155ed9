package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The gradient of a node, as far as it has been added up: in floats, or as BFLOAT16. */
final class GradientSum {
  private INDArray array;

  /** Whether nobody else refers to the array, so that it may be written to and recycled. */
  private boolean owned;

  GradientSum(INDArray array, boolean owned) {
    this.array = array;
    this.owned = owned;
  }

  /** Checks the type of an array that an operation or a rule has computed. */
  static void requireType(String name, INDArray array) {
    DataType type = Require.open(array, name).dataType();
    Require.argument(
        type == DataType.FLOAT || type == DataType.BFLOAT16,
        "%s must be FLOAT or BFLOAT16, got %s",
        name,
        type);
  }

  INDArray array() {
    return array;
  }

  /** The gradient in a type that the backward rule of its node takes. */
  INDArray arrayFor(Value value) {
    if (!value.takesRoundedGradient()) {
      widen();
    }
    return array;
  }

  /** As floats, row-major. */
  INDArray rowMajor() {
    widen();
    return Layout.ROW_MAJOR.ensure(array);
  }

  /** As floats, in any layout. */
  INDArray floats() {
    widen();
    return array;
  }

  /** Lets others refer to the array from now on; returns whether nobody did before. */
  boolean share() {
    boolean before = owned;
    owned = false;
    return before;
  }

  /** Recycles the array, if nobody else refers to it. */
  void release() {
    if (owned) {
      Arena.release(array);
    }
  }

  /** Whether a rule may add to the array itself. */
  boolean takesMore() {
    return owned && array.dataType() == DataType.FLOAT && Layout.ROW_MAJOR.describes(array);
  }

  private void widen() {
    if (array.dataType() == DataType.FLOAT) {
      return;
    }
    INDArray floats = Kernels.cast(array, DataType.FLOAT);
    release();
    array = floats;
    owned = true;
  }

  /** Adds to the sum, in floats unless both are rounded. */
  void add(GradientSum more) {
    boolean alike = array.dataType() == more.array.dataType();
    if (!alike || !(owned || more.owned)) {
      widen();
      more.widen();
    }
    if (owned) {
      Kernels.addInto(array, more.array);
      more.release();
    } else if (more.owned) {
      Kernels.addInto(more.array, array);
      array = more.array;
      owned = true;
    } else {
      array = Elementwise.add(array, more.array);
      owned = true;
    }
  }
}
