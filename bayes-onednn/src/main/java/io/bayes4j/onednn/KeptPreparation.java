package io.bayes4j.onednn;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.memory.Arena;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What plans share between pieces, kept for all later runs whose whole arguments are the same: once
 * for all plans that want it in the same layout. Several threads may use it at once.
 */
final class KeptPreparation {
  /** In whose scope it was made, and where it keeps its memory; empty to keep it by itself. */
  private final Optional<Arena> arena = Arena.current();

  private final Map<String, INDArray> memories = new ConcurrentHashMap<>();

  /**
   * What a plan shares between pieces, for the caller to close.
   *
   * @param arguments of which it reads those that are whole
   */
  Plan.Prepared of(Plan plan, INDArray... arguments) {
    INDArray memory =
        memories.computeIfAbsent(plan.preparedLayout(), layout -> prepared(plan, arguments));
    return plan.preparedAt(start(memory));
  }

  private INDArray prepared(Plan plan, INDArray... arguments) {
    long floats = (plan.preparedBytes() + Workspace.ALIGNMENT) / Float.BYTES;
    INDArray memory =
        arena
            .map(scope -> scope.adopt(() -> Arena.allocate(floats)))
            .orElseGet(() -> Detached.create(DataType.FLOAT, floats));
    plan.prepareAt(start(memory), arguments);
    return memory;
  }

  private static long start(INDArray memory) {
    return Workspace.aligned(Plan.address(memory));
  }
}
