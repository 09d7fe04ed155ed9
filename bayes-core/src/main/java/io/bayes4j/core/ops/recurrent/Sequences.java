package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations on sequences, whose features are the last axis. */
public final class Sequences {
  /** Floats handed to a thread at once. */
  private static final int GRAIN = 1 << 14;

  private Sequences() {}

  /**
   * Multiplies every feature of an example by a constant, the same in all steps.
   *
   * @param x [N, ..., F]
   * @param factors [N, F]
   * @throws IllegalArgumentException if the factors do not fit x
   */
  public static Var scale(Var x, INDArray factors) {
    Require.open(x, "x");
    Require.open(factors, "factors");
    Require.argument(
        x.rank() >= 2
            && Arrays.equals(factors.shape(), new long[] {x.size(0), x.size(x.rank() - 1)}),
        "factors must be [N, F] of x %s, got %s",
        Require.text(x.shape()),
        Require.text(factors.shape()));
    Require.floats(factors, "factors");
    return Plan.operation(
        "scale rows",
        x.shape(),
        List.of(x, Var.constant(factors)),
        () ->
            Var.result(
                scale(x.value(), factors),
                List.of(x),
                (g, sink) -> sink.add(x, () -> scale(g, factors))));
  }

  private static INDArray scale(INDArray x, INDArray factors) {
    INDArray y = Arena.allocate(x.shape());
    FloatMemory from = FloatMemory.of(Layout.ROW_MAJOR.ensure(x), "x");
    FloatMemory to = FloatMemory.of(y, "y");
    FloatMemory given = FloatMemory.reading(factors, "factors");
    int features = Math.toIntExact(factors.size(1));
    int length = Math.toIntExact(x.length() / x.size(0));
    Parallel.forRange(
        x.size(0),
        Math.max(1, GRAIN / length),
        (begin, end) -> {
          float[] row = new float[features];
          float[] steps = new float[length];
          for (long n = begin; n < end; n++) {
            given.read(n * features, row, features);
            from.read(n * length, steps, length);
            RowLoops.multiplyEveryRow(row, steps);
            to.write(n * length, steps, length);
          }
        });
    return y;
  }
}
