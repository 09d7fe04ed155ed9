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
 * @param threads among which it shares the work
 */
record PlanKey(
    Operation operation,
    List<Operand> operands,
    Object attributes,
    Precision precision,
    int threads) {}
