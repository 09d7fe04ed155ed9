package io.bayes4j.onednn;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.PreparedLinear;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense layer by weights in the order in which oneDNN's products of floats with AVX-512 read
 * them, so that no call puts them into it: {@value #UNITS} units after the other, each such block
 * in one piece.
 *
 * @param runner which compiles and runs
 * @param packed the weights, filled up with zeros, as a matrix of which so many rows are a block
 * @param bias null for none
 */
record PackedLinear(Runner runner, INDArray packed, @Nullable INDArray bias)
    implements PreparedLinear {
  /** Units of a block. */
  static final int UNITS = 64;

  /** Features are filled up to a multiple. */
  private static final int FEATURES = 16;

  /** Packed weights may take so many times the memory. */
  private static final double MOST = 1.5;

  /** Whether oneDNN reads this order here, and filling weights up takes little memory. */
  static boolean suits(INDArray weight) {
    return NativeLibrary.hasAvx512() && elements(weight) <= MOST * weight.length();
  }

  private static long elements(INDArray weight) {
    return roundedUp(weight.size(0), UNITS) * roundedUp(weight.size(1), FEATURES);
  }

  private static long roundedUp(long length, int multiple) {
    return (length + multiple - 1) / multiple * multiple;
  }

  /** Packs weights that {@link #suits} holds for. */
  static PackedLinear of(Runner runner, INDArray weight, @Nullable INDArray bias) {
    INDArray dense = Operand.describable(weight);
    INDArray memory = Arena.allocate(elements(weight) + Workspace.ALIGNMENT / Float.BYTES);
    long start = Plan.address(memory);
    long units = weight.size(0);
    long row = roundedUp(weight.size(1), FEATURES);
    INDArray packed =
        Detached.view(
            memory,
            (Workspace.aligned(start) - start) / Float.BYTES,
            new long[] {units, row},
            row,
            1);
    Operand factor = Operand.of(dense).transposed();
    runner.runOnce(
        () -> PlanBuilder.reordering(factor, OneDnnApi.packed(weight.size(1), units)),
        dense,
        packed);
    return new PackedLinear(runner, packed, bias);
  }

  @Override
  public INDArray linear(INDArray x) {
    INDArray y = Arena.allocate(x.size(0), packed.size(0));
    List<INDArray> arguments = new ArrayList<>();
    arguments.add(Layout.ROW_MAJOR.ensure(x));
    arguments.add(packed);
    if (bias != null) {
      arguments.add(Layout.ROW_MAJOR.ensure(bias));
    }
    arguments.add(y);
    runner.run(Operation.PACKED_LINEAR, bias != null, arguments.toArray(INDArray[]::new));
    return y;
  }
}
