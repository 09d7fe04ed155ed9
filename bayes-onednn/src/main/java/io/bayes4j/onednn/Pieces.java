package io.bayes4j.onednn;

import io.bayes4j.core.kernels.Precision;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The pieces into which a division cuts certain operands: rows from ... from + length - 1 of the
 * axis of each.
 *
 * @param division the axes
 * @param operands the whole arguments
 * @param rows length of the axes
 * @param grain rows of every piece but perhaps the last
 */
record Pieces(Division division, List<Operand> operands, long rows, long grain) {
  /** Starting a piece costs a few microseconds. */
  private static final double LEAST_NANOSECONDS = 25_000;

  /**
   * Elements of a piece whose steps hand something on, such as rounded arguments, so that it stays
   * in the cache of a core.
   */
  private static final long MOST_HANDED_ON = 1 << 18;

  /**
   * Sums have so many terms at most, whatever the number of threads, or they would depend on it.
   */
  private static final int MOST_TERMS = 16;

  /** Terms of a sum may take this part of the memory that the other arguments take. */
  private static final double SHARE_OF_TERMS = 0.5;

  /**
   * Cuts as finely as pays.
   *
   * @param precision in which a piece rounds those of its arguments that are not
   * @param threads that will take pieces
   */
  static Pieces of(Division division, List<Operand> operands, Precision precision, int threads) {
    if (division.axes().isEmpty()) {
      return new Pieces(division, operands, 1, 1);
    }
    long rows = rows(division, operands);
    double count =
        division.sums()
            ? terms(operands)
            : Math.max(
                threads == 1 ? 1 : division.perThread() * threads,
                rounds(division, operands, precision) || division.handsOn()
                    ? elements(division, operands) / MOST_HANDED_ON
                    : 0);
    count = Math.min(count, division.nanoseconds() / LEAST_NANOSECONDS);
    long grain = (long) Math.ceil(rows / Math.max(1, Math.floor(count)));
    long aligned = (grain + division.alignment() - 1) / division.alignment() * division.alignment();
    return new Pieces(division, operands, rows, Math.min(rows, aligned));
  }

  private static boolean rounds(Division division, List<Operand> operands, Precision precision) {
    return cut(division)
        .anyMatch(i -> precision == Precision.BF16 && operands.get(i).precision() != precision);
  }

  /** The arguments that are cut. */
  private static IntStream cut(Division division) {
    return IntStream.range(0, division.axes().size()).filter(i -> division.axes().get(i) >= 0);
  }

  private static long rows(Division division, List<Operand> operands) {
    int first = cut(division).findFirst().orElseThrow();
    return operands.get(first).size(division.axes().get(first));
  }

  private static double elements(Division division, List<Operand> operands) {
    return cut(division).mapToDouble(i -> operands.get(i).elements()).sum();
  }

  private static double terms(List<Operand> operands) {
    int last = operands.size() - 1;
    double others = operands.subList(0, last).stream().mapToDouble(Operand::elements).sum();
    return Math.min(MOST_TERMS, SHARE_OF_TERMS * others / operands.get(last).elements());
  }

  /** One piece of all rows. */
  Pieces joined() {
    return new Pieces(division, operands, rows, rows);
  }

  int count() {
    return Math.toIntExact((rows + grain - 1) / grain);
  }

  /** Whether all threads should share one piece: it is large, but has too few rows to cut. */
  boolean together(int threads) {
    boolean cut = division.sums() && count() > 1;
    return !cut
        && count() < threads
        && (division.axes().isEmpty() || division.nanoseconds() > LEAST_NANOSECONDS * threads);
  }

  /** Rows of the last piece if it is shorter than the others, else 0. */
  long rest() {
    return rows % grain;
  }

  /** The operands of a piece of so many rows. */
  List<Operand> ofLength(long length) {
    return IntStream.range(0, operands.size())
        .mapToObj(
            i ->
                division.axes().get(i) < 0
                    ? operands.get(i)
                    : operands.get(i).shortened(division.axes().get(i), length))
        .toList();
  }

  /** Bytes from the start of an argument to that of the piece from a row on. */
  long offset(int argument, long from) {
    Operand operand = operands.get(argument);
    int axis = division.axes().get(argument);
    return switch (axis) {
      case Division.WHOLE -> 0;
      case Division.SUMMED -> from / grain * operand.elements() * operand.elementBytes();
      default -> from * operand.strides()[axis] * operand.elementBytes();
    };
  }
}
