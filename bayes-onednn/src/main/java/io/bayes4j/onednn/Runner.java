package io.bayes4j.onednn;

import io.bayes4j.core.kernels.Precision;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compiles and runs operations in one precision. */
final class Runner {
  private final PlanCache plans;
  private final Precision precision;
  private final OpenMp openMp;

  /**
   * A runner without plans.
   *
   * @param capacity how many plans to keep
   */
  Runner(int capacity, Precision precision, OpenMp openMp) {
    this.plans = new PlanCache(capacity);
    this.precision = precision;
    this.openMp = openMp;
  }

  void run(Operation operation, Object attributes, INDArray... arguments) {
    Plan plan = hold(operation, attributes, arguments);
    try {
      plan.run(arguments);
    } finally {
      plan.release();
    }
  }

  /** The plan of an operation on arguments of such shapes; the caller releases it. */
  Plan hold(Operation operation, Object attributes, INDArray... arguments) {
    return plans.hold(key(operation, attributes, arguments));
  }

  private PlanKey key(Operation operation, Object attributes, INDArray... arguments) {
    List<Operand> operands = Arrays.stream(arguments).map(Operand::of).toList();
    return new PlanKey(operation, operands, attributes, precision, openMp.update());
  }

  /** The plan of an operation that each thread runs by itself; the caller releases it. */
  Plan holdForOneThread(Operation operation, Object attributes, List<Operand> operands) {
    openMp.alone();
    return plans.hold(new PlanKey(operation, operands, attributes, precision, 1));
  }

  /** Opens a plan that this thread runs by itself. */
  Plan.Session open(Plan plan) {
    openMp.alone();
    return plan.open();
  }

  /** Names of the implementations that oneDNN chose for an operation. */
  List<String> implementations(Operation operation, Object attributes, INDArray... arguments) {
    Plan plan = hold(operation, attributes, arguments);
    try {
      return plan.implementations();
    } finally {
      plan.release();
    }
  }

  /** Lets as many threads share the calling thread's kernels as a plan held now is made for. */
  void shareThreads() {
    openMp.update();
  }

  /** How many threads share a kernel that the calling thread runs now. */
  int openMpThreads() {
    shareThreads();
    return openMp.threads();
  }
}
