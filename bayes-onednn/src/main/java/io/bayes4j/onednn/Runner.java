package io.bayes4j.onednn;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import java.lang.ref.Reference;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Compiles and runs operations in one precision.
 *
 * <p>Whatever can be divided is: the library's own threads take the pieces, and each of them runs
 * kernels alone. OpenMP's threads serve what is large and cannot be divided.
 */
final class Runner {
  private static final Parallel.RangeTask NOTHING = (from, to) -> {};

  private final PlanCache plans;
  private final Cuts cuts;
  private final Precision precision;
  private final OpenMp openMp;

  /** Empty to prepare for each run. */
  private final Optional<KeptPreparation> kept;

  /**
   * A runner without plans.
   *
   * @param capacity how many plans to keep
   */
  Runner(int capacity, Precision precision, OpenMp openMp) {
    this(new PlanCache(capacity), new Cuts(capacity), precision, openMp, Optional.empty());
  }

  private Runner(
      PlanCache plans,
      Cuts cuts,
      Precision precision,
      OpenMp openMp,
      Optional<KeptPreparation> kept) {
    this.plans = plans;
    this.cuts = cuts;
    this.precision = precision;
    this.openMp = openMp;
    this.kept = kept;
  }

  /**
   * A runner on the same plans that keeps what pieces share in the current arena scope: for one
   * operation that can be divided and does not sum, with always the same whole arguments.
   */
  Runner keeping() {
    return new Runner(plans, cuts, precision, openMp, Optional.of(new KeptPreparation()));
  }

  /** Whether an operation on certain arguments would run in several pieces. */
  boolean divides(Operation operation, Object attributes, List<Operand> operands) {
    return cut(operation, attributes, operands).pieces().count() > 1;
  }

  private Cut cut(Operation operation, Object attributes, List<Operand> operands) {
    return cuts.of(
        new Cut.Request(operation, attributes, operands, precision, Parallel.threadsHere()));
  }

  void run(Operation operation, Object attributes, INDArray... arguments) {
    run(operation, attributes, NOTHING, arguments);
  }

  /**
   * Runs an operation that does not sum.
   *
   * @param after what each thread does with the rows of a piece once it is computed
   */
  void run(
      Operation operation, Object attributes, Parallel.RangeTask after, INDArray... arguments) {
    Cut cut = cut(operation, attributes, operands(arguments));
    if (kept.isPresent()) {
      runPieces(cut, NOTHING, arguments);
    } else if (cut.together() || cut.pieces().whole()) {
      setThreads(cut);
      runWhole(cut.whole(), arguments);
      after.run(0, cut.pieces().rows());
    } else if (cut.pieces().division().sums()) {
      runTerms(cut, arguments);
    } else {
      runPieces(cut, after, arguments);
    }
  }

  /** Tells OpenMP how many threads share the plans of a cut, and returns it. */
  private int setThreads(Cut cut) {
    return cut.together() ? openMp.update() : openMp.alone();
  }

  /** Runs a plan that nobody needs again, by the calling thread alone. */
  void runOnce(Supplier<Plan> recipe, INDArray... arguments) {
    openMp.alone();
    Plan plan = Native.scoped(recipe);
    try {
      plan.run(arguments);
    } finally {
      plan.release();
    }
  }

  private void runWhole(PlanKey key, INDArray... arguments) {
    Plan plan = plans.hold(key);
    try {
      plan.run(arguments);
    } finally {
      plan.release();
    }
  }

  /** Runs an operation as one piece, by the calling thread alone. */
  void runWholeAlone(Operation operation, Object attributes, INDArray... arguments) {
    runWhole(key(operation, attributes, openMp.alone(), operands(arguments)), arguments);
  }

  /** The last argument becomes the sum of what the pieces compute, in their order. */
  private void runTerms(Cut cut, INDArray... arguments) {
    int last = arguments.length - 1;
    INDArray sum = arguments[last];
    INDArray terms = Arena.allocate(cut.pieces().count(), sum.length());
    INDArray[] changed = arguments.clone();
    changed[last] = terms;
    runPieces(cut, NOTHING, changed);
    Terms.add(terms, sum);
    Arena.release(terms);
  }

  private void runPieces(Cut cut, Parallel.RangeTask after, INDArray... arguments) {
    Pieces pieces = cut.run();
    int threads = setThreads(cut);
    long[] addresses = addresses(arguments);
    FilledPiece filled =
        pieces.pads() ? new FilledPiece(pieces, pieces.lastRow(), addresses) : null;
    HeldPlans held = hold(cut);
    try (Plan.Prepared forFull = prepare(held.full(), arguments);
        Plan.Prepared forRest = held.areOne() ? null : prepare(held.rest(), arguments)) {
      Parallel.forRange(
          pieces.rows(),
          Math.toIntExact(pieces.grain()),
          (from, to) -> {
            openMp.set(threads);
            boolean isLast = to == pieces.rows();
            try (Plan.Session session = (isLast && forRest != null ? forRest : forFull).open()) {
              bind(session, addresses, pieces, from, isLast ? filled : null);
              session.run();
            }
            after.run(from, to);
          });
      if (filled != null) {
        filled.finish();
      }
    } finally {
      held.release();
      if (filled != null) {
        filled.release();
      }
      Reference.reachabilityFence(arguments);
      Reference.reachabilityFence(kept);
    }
  }

  private static long[] addresses(INDArray... arguments) {
    long[] addresses = new long[arguments.length];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = Plan.address(arguments[i]);
    }
    return addresses;
  }

  /** Tells a session where the operands of a piece lie, or where its rows are filled up. */
  private static void bind(
      Plan.Session session,
      long[] addresses,
      Pieces pieces,
      long from,
      @Nullable FilledPiece filled) {
    for (int i = 0; i < addresses.length; i++) {
      session.bind(i, filled == null ? addresses[i] + pieces.offset(i, from) : filled.address(i));
    }
  }

  /** The plans of whole pieces and of the last one, which may be the same. */
  private record HeldPlans(Plan full, Plan rest) {
    boolean areOne() {
      return rest == full;
    }

    void release() {
      full.release();
      if (!areOne()) {
        rest.release();
      }
    }
  }

  private HeldPlans hold(Cut cut) {
    Plan full = plans.hold(cut.full());
    return new HeldPlans(full, cut.rest().equals(cut.full()) ? full : plans.hold(cut.rest()));
  }

  private Plan.Prepared prepare(Plan plan, INDArray... arguments) {
    return kept.map(memory -> memory.of(plan, arguments)).orElseGet(() -> plan.prepare(arguments));
  }

  private PlanKey key(Operation operation, Object attributes, int threads, List<Operand> operands) {
    return new PlanKey(operation, operands, attributes, precision, threads, List.of());
  }

  private static List<Operand> operands(INDArray... arguments) {
    Operand[] operands = new Operand[arguments.length];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = Operand.of(arguments[i]);
    }
    return List.of(operands);
  }

  /** Rows that a product must have to compute each of so many as any other product does. */
  long paddedRows(long rows) {
    Lengths blocks = MatmulPlans.blocks(precision);
    return blocks == null ? rows : blocks.padded(rows);
  }

  /** The plan of an operation that each thread runs by itself; the caller releases it. */
  Plan holdForOneThread(Operation operation, Object attributes, List<Operand> operands) {
    return plans.hold(key(operation, attributes, openMp.alone(), operands));
  }

  /**
   * The same, with a preparation that puts in order what pieces of the operation would share; the
   * caller releases it.
   */
  Plan holdPreparing(Operation operation, Object attributes, List<Operand> operands) {
    List<Integer> axes = operation.division(attributes, operands, precision).axes();
    return plans.hold(
        new PlanKey(operation, operands, attributes, precision, openMp.alone(), axes));
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
