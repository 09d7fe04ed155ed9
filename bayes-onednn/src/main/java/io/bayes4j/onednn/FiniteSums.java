package io.bayes4j.onednn;

import io.bayes4j.core.internal.FiniteScan;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.onednn.OneDnnApi.Pooling;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Says whether an activation is finite that a plan reads anyway: a further step of the plan adds up
 * each piece, whatever its axes, as rows of {@value #COLUMNS} columns, while the piece is in the
 * cache. What is not finite makes the sum of its column so.
 *
 * <p>A sum may also overflow: what is called not finite here may be finite, but not the other way
 * round.
 */
final class FiniteSums implements AutoCloseable {
  /** Four vectors of AVX-512, which are added up at once. */
  private static final int COLUMNS = 64;

  private final INDArray sums;
  private final FiniteScan scanOfSums;
  private final FiniteScan scanOfRest;
  private final long example;
  private final AtomicBoolean finite = new AtomicBoolean(true);

  /**
   * Room for the sums of pieces.
   *
   * @param x dense, cut into examples
   */
  FiniteSums(INDArray x) {
    sums = Arena.allocate(x.dataType(), Layout.ROW_MAJOR, x.size(0), COLUMNS);
    scanOfSums = FiniteScan.of(sums);
    scanOfRest = FiniteScan.of(x);
    example = x.length() / x.size(0);
  }

  /** A row for each example, of which a piece writes the first one. */
  INDArray argument() {
    return sums;
  }

  /** Adds the step to a plan. */
  static void describe(PlanBuilder builder, int x, int sums) {
    Operand all = builder.operand(x);
    long rows = all.elements() / COLUMNS;
    if (rows == 0) {
      return;
    }
    Operand table = all.shaped(new long[] {1, COLUMNS, rows, 1});
    Operand sum = all.shaped(new long[] {1, COLUMNS, 1, 1});
    // Along the last axis oneDNN compiles a window's elements one by one; this is the one before.
    ConvGeometry column =
        new ConvGeometry(
            List.of(Math.toIntExact(rows), 1), List.of(1, 1), List.of(0, 0), List.of(1, 1), 1);
    builder
        .call(OneDnnApi.pooling(Pooling.AVERAGE, false, table, sum, PoolGeometry.of(column)))
        .reads(Argument.SOURCE, builder.argument(x, table))
        .writes(Argument.RESULT, builder.argument(sums, sum))
        .run();
  }

  /** Looks at the sums of a piece, and at what did not fill a row. */
  Parallel.RangeTask look() {
    return (from, to) -> {
      long elements = (to - from) * example;
      long first = from * COLUMNS;
      long end = to * example;
      boolean sumsAreFinite = elements < COLUMNS || scanOfSums.all(first, first + COLUMNS);
      if (!sumsAreFinite || !scanOfRest.all(end - elements % COLUMNS, end)) {
        finite.set(false);
      }
    };
  }

  /** Whether all pieces were finite. */
  boolean areFinite() {
    return finite.get();
  }

  @Override
  public void close() {
    Arena.release(sums);
  }
}
