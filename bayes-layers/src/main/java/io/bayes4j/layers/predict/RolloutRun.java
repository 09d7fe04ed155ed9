package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentMemory;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** One draw on its way through the steps. */
final class RolloutRun {
  private final Layer model;
  private final Pass pass;
  private final RecurrentMemory memory = new RecurrentMemory();
  private final Arena arena = new Arena();

  RolloutRun(Layer model, Pass pass) {
    this.model = model;
    this.pass = pass;
  }

  /**
   * Reads a part of the sequence.
   *
   * @param part [N, T, ...]
   * @return output of its last step, [N, ...]
   */
  INDArray step(INDArray part, Consumer<INDArray> hearer) {
    INDArray[] last = new INDArray[1];
    arena.scope(
        () ->
            Gradients.off(
                () -> {
                  INDArray y = memory.next(pass).run(model, Var.constant(part)).value();
                  last[0] = Detached.copy(lastStep(y, part));
                  return true;
                }));
    hearer.accept(last[0]);
    return last[0];
  }

  private static INDArray lastStep(INDArray y, INDArray part) {
    Require.argument(
        y.rank() >= 1 && y.size(0) == part.size(0) && (y.rank() < 3 || y.size(1) == part.size(1)),
        "the model must return [N, D] or [N, T, ...] for [N, T, ...], got %s for %s",
        Require.text(y.shape()),
        Require.text(part.shape()));
    INDArray rows = Layout.ROW_MAJOR.ensure(y);
    if (y.rank() < 3) {
      return Detached.copy(rows);
    }
    long steps = y.size(1);
    return Detached.copy(rows.get(NDArrayIndex.all(), NDArrayIndex.point(steps - 1)));
  }
}
