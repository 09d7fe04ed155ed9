package io.bayes4j.onednn;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compiles and runs operations in one precision.
 *
 * <p>Whatever can be divided is: the library's own threads take the pieces, and each of them runs
 * kernels alone. OpenMP's threads serve what is large and cannot be divided.
 */
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

  /** Whether an operation on certain arguments would run in several pieces. */
  boolean divides(Operation operation, Object attributes, List<Operand> operands) {
    return pieces(operation, attributes, operands).count() > 1;
  }

  private Pieces pieces(Operation operation, Object attributes, List<Operand> operands) {
    Division division = operation.division(attributes, operands);
    return Pieces.of(division, operands, precision, Parallel.threadsHere());
  }

  void run(Operation operation, Object attributes, INDArray... arguments) {
    Pieces pieces = pieces(operation, attributes, operands(arguments));
    boolean together = pieces.together(Parallel.threadsHere());
    if (together || pieces.count() == 1) {
      runWhole(operation, attributes, together, arguments);
    } else if (pieces.division().sums()) {
      runTerms(operation, attributes, pieces, arguments);
    } else {
      runPieces(operation, attributes, pieces, arguments);
    }
  }

  private void runWhole(
      Operation operation, Object attributes, boolean together, INDArray... arguments) {
    int threads = together ? openMp.update() : openMp.alone();
    Plan plan = plans.hold(key(operation, attributes, threads, operands(arguments)));
    try {
      plan.run(arguments);
    } finally {
      plan.release();
    }
  }

  /** The last argument becomes the sum of what the pieces compute, in their order. */
  private void runTerms(
      Operation operation, Object attributes, Pieces pieces, INDArray... arguments) {
    int last = arguments.length - 1;
    INDArray sum = arguments[last];
    INDArray terms = Arena.allocate(pieces.count(), sum.length());
    INDArray[] changed = arguments.clone();
    changed[last] = terms;
    runPieces(operation, attributes, pieces, changed);
    Terms.add(terms, sum);
    Arena.release(terms);
  }

  private void runPieces(
      Operation operation, Object attributes, Pieces pieces, INDArray... arguments) {
    long[] addresses = Arrays.stream(arguments).mapToLong(Plan::address).toArray();
    Plan full = hold(operation, attributes, pieces, pieces.grain());
    Plan rest = pieces.rest() == 0 ? full : hold(operation, attributes, pieces, pieces.rest());
    try (Plan.Prepared forFull = full.prepare(arguments);
        Plan.Prepared forRest = rest == full ? null : rest.prepare(arguments)) {
      Parallel.forRange(
          pieces.rows(),
          Math.toIntExact(pieces.grain()),
          (from, to) -> {
            openMp.alone();
            Plan.Prepared mine = to - from == pieces.grain() ? forFull : forRest;
            try (Plan.Session session = mine.open()) {
              for (int i = 0; i < addresses.length; i++) {
                session.bind(i, addresses[i] + pieces.offset(i, from));
              }
              session.run();
            }
          });
    } finally {
      full.release();
      if (rest != full) {
        rest.release();
      }
      Reference.reachabilityFence(arguments);
    }
  }

  private Plan hold(Operation operation, Object attributes, Pieces pieces, long length) {
    List<Operand> operands = pieces.ofLength(length);
    return plans.hold(
        new PlanKey(
            operation, operands, attributes, precision, openMp.alone(), pieces.division().axes()));
  }

  private PlanKey key(Operation operation, Object attributes, int threads, List<Operand> operands) {
    return new PlanKey(operation, operands, attributes, precision, threads, List.of());
  }

  private static List<Operand> operands(INDArray... arguments) {
    return Arrays.stream(arguments).map(Operand::of).toList();
  }

  /** The plan of an operation that each thread runs by itself; the caller releases it. */
  Plan holdForOneThread(Operation operation, Object attributes, List<Operand> operands) {
    return plans.hold(key(operation, attributes, openMp.alone(), operands));
  }

  /** Opens a plan that this thread runs by itself. */
  Plan.Session open(Plan plan) {
    openMp.alone();
    return plan.open();
  }

  /** Names of the implementations that oneDNN chose for an operation. */
  List<String> implementations(Operation operation, Object attributes, INDArray... arguments) {
    Plan plan = plans.hold(key(operation, attributes, openMp.update(), operands(arguments)));
    try {
      return plan.implementations();
    } finally {
      plan.release();
    }
  }

  /** Makes the calling thread run the session of a plan for one thread alone. */
  void runAlone(Plan.Session session) {
    openMp.alone();
    session.run();
  }

  /** How many threads share a kernel that the calling thread runs now. */
  int openMpThreads() {
    openMp.update();
    return openMp.threads();
  }
}
