package io.bayes4j.onednn;

import io.bayes4j.core.kernels.Precision;
import java.util.List;

/**
 * All that a plan depends on.
 *
 * @param operation what it computes
 * @param operands its arguments, in the order in which they are given to {@link Plan#run}
 * @param attributes what else the operation must know, such as a geometry
 * @param precision in which it multiplies
 * @param threads among which oneDNN shares the work
 * @param axes along which the arguments were cut if it is a piece of an operation, see {@link
 *     Partition}; empty if it is all of one
 */
record PlanKey(
    Operation operation,
    List<Operand> operands,
    Object attributes,
    Precision precision,
    int threads,
    List<Integer> axes) {
  PlanKey {
    axes = List.copyOf(axes);
  }

  /** Whether the plan is one of several that read the same of an argument. */
  boolean shares(int argument) {
    return !axes.isEmpty() && axes.get(argument) == Partition.WHOLE;
  }
}
