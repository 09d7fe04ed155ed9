package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an epilogue makes of sums, by plain arithmetic, float operation by float operation as {@link
 * IntegerEpilogue} states them, and once more in double precision.
 */
final class FinishCheck {
  private final String what;
  private final int turn;
  private boolean overwrites;
  private final double[] sums;
  private final long[] shape;
  private final IntegerEpilogue epilogue;
  private final IntegerFinish finish;
  private final double[] addend;
  private final double[] bias;

  FinishCheck(String what, int turn, double[] sums, long[] shape, IntegerEpilogue epilogue) {
    this.what = what;
    this.turn = turn;
    this.sums = sums;
    this.shape = shape;
    this.epilogue = epilogue;
    this.finish = epilogue.finish();
    this.bias = epilogue.bias() == null ? null : Doubles.of(epilogue.bias());
    INDArray added = finish.addend();
    this.addend =
        added == null
            ? null
            : Doubles.of(Samples.in(Layout.of(added), added.castTo(DataType.FLOAT)));
  }

  /** A number that tells apart what is tried in turn. */
  int turn() {
    return turn;
  }

  /** Checks what a kernel makes with the epilogue; the second time it may overwrite the addend. */
  void result(Function<IntegerEpilogue, INDArray> kernel) {
    result(kernel.apply(overwrites ? overwriting() : epilogue));
    overwrites = true;
  }

  /** The same epilogue, which may write into a copy of the addend. */
  private IntegerEpilogue overwriting() {
    if (finish.addend() == null) {
      return epilogue;
    }
    INDArray added = finish.addend();
    INDArray copy = Arena.allocate(added.dataType(), Layout.of(added), added.shape());
    copy.assign(added);
    return new IntegerEpilogue(
        epilogue.source(),
        epilogue.scales(),
        epilogue.bias(),
        new IntegerFinish(copy, finish.addendQuantum(), finish.relu(), true, finish.target()));
  }

  private void result(INDArray y) {
    Quantum target = finish.target();
    assertThat(y.shape()).as(what).isEqualTo(shape);
    assertThat(y.dataType()).as(what).isEqualTo(target == null ? DataType.FLOAT : target.type());
    INDArray floats = y.castTo(DataType.FLOAT);
    double[] actual = Doubles.of(Samples.in(Layout.of(y), floats));
    int positions = sums.length / (int) shape[0] / (int) shape[1];
    double[] expected = new double[sums.length];
    for (int i = 0; i < sums.length; i++) {
      int unit = i / positions % (int) shape[1];
      expected[i] = inFloats(i, unit);
      double exact = inDoubles(i, unit);
      double most = target == null ? 1e-5 * Math.max(1, Math.abs(exact)) : 0.502;
      if (!(Math.abs(expected[i] - exact) <= most)) {
        assertThat(expected[i]).as("%s element %d", what, i).isEqualTo(exact);
      }
    }
    assertThat(actual).as(what).isEqualTo(expected);
  }

  private double inDoubles(int i, int unit) {
    double worth = (double) epilogue.source().scale() * epilogue.scales().get(unit);
    double y = sums[i] * worth;
    y += bias == null ? 0 : bias[unit];
    Quantum added = finish.addendQuantum();
    y += addend == null ? 0 : addend[i] * (added == null ? 1.0 : added.scale());
    y = finish.relu() ? Math.max(y, 0) : y;
    Quantum target = finish.target();
    return target == null
        ? y
        : Math.max(target.least(), Math.min(target.greatest(), y / target.scale()));
  }

  private float inFloats(int i, int unit) {
    Quantum target = finish.target();
    Quantum added = finish.addendQuantum();
    boolean atOnce =
        target != null && (addend == null || (added != null && added.type() == target.type()));
    float worth = epilogue.source().scale() * epilogue.scales().get(unit);
    float factor = atOnce ? worth / target.scale() : worth;
    float shift = bias == null ? 0 : (float) bias[unit] / worth;
    float y = ((float) (int) sums[i] + shift) * factor;
    if (addend != null) {
      float one = (float) addend[i];
      y += atOnce ? one * finish.addendFactor() : added == null ? one : one * added.scale();
    }
    y = finish.relu() ? Math.max(y, 0) : y;
    if (target == null) {
      return y;
    }
    float steps = atOnce ? y : y * (1 / target.scale());
    double nearest = Math.rint(Math.max(target.least(), Math.min(target.greatest(), steps)));
    // Bytes have no negative zero.
    return (float) nearest + 0f;
  }
}
