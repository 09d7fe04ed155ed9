package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An operation with two results, computed together when one is asked for; the other waits. */
final class TwoResults {
  private final Supplier<List<INDArray>> work;
  private @Nullable List<INDArray> results;
  private final boolean[] taken = new boolean[2];

  private TwoResults(Supplier<List<INDArray>> work) {
    this.work = work;
  }

  /**
   * Both results.
   *
   * @param reads all that the operation reads
   * @param first shape of the first result
   * @param second shape of the second result
   * @param work computes both; again, if a result that was taken is asked for again
   */
  static List<Var> of(List<Var> reads, long[] first, long[] second, Supplier<List<INDArray>> work) {
    TwoResults both = new TwoResults(work);
    return List.of(
        Plan.operation(null, first, reads, () -> Var.constant(both.take(0))),
        Plan.operation(null, second, reads, () -> Var.constant(both.take(1))));
  }

  private INDArray take(int which) {
    List<INDArray> now = results;
    if (now == null || taken[which]) {
      now = work.get();
      results = now;
      taken[0] = false;
      taken[1] = false;
    }
    taken[which] = true;
    if (taken[0] && taken[1]) {
      results = null;
    }
    return now.get(which);
  }
}
