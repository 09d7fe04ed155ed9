package io.bayes4j.onednn;

import io.bayes4j.core.kernels.Precision;
import java.util.List;

/**
 * How an operation on certain operands falls into pieces, and the keys of the plans that it needs.
 *
 * @param pieces for one thread each
 * @param together whether all threads should share one piece instead
 * @param whole the plan for all rows at once
 * @param full the plan of a piece, or of all rows as one piece if {@code together}
 * @param rest the plan of the last piece; the same if that is as long
 */
record Cut(Pieces pieces, boolean together, PlanKey whole, PlanKey full, PlanKey rest) {
  /**
   * What a cut depends on.
   *
   * @param threads that will take pieces
   */
  record Request(
      Operation operation,
      Object attributes,
      List<Operand> operands,
      Precision precision,
      int threads) {
    private PlanKey key(List<Operand> part, int planThreads, List<Integer> axes) {
      return new PlanKey(operation, part, attributes, precision, planThreads, axes);
    }

    private PlanKey keyOf(Pieces pieces, long length, int planThreads) {
      return key(pieces.ofLength(length), planThreads, pieces.division().axes());
    }
  }

  static Cut of(Request request) {
    Partition division =
        request.operation.division(request.attributes, request.operands, request.precision);
    Pieces pieces = Pieces.of(division, request.operands, request.precision, request.threads);
    boolean together = pieces.together(request.threads);
    int planThreads = together ? request.threads : 1;
    Pieces run = run(pieces, together);
    long grain = run.padded(run.grain());
    long last = run.rest() == 0 ? grain : run.padded(run.rest());
    PlanKey full = request.keyOf(run, grain, planThreads);
    return new Cut(
        pieces,
        together,
        request.key(request.operands, planThreads, List.of()),
        full,
        last == grain ? full : request.keyOf(run, last, planThreads));
  }

  /** The pieces to run. */
  Pieces run() {
    return run(pieces, together);
  }

  private static Pieces run(Pieces pieces, boolean together) {
    return together ? pieces.joined() : pieces;
  }
}
