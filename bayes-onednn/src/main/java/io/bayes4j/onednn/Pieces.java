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
record Pieces(Partition division, List<Operand> operands, long rows, long grain) {
  /** Starting a piece costs a few microseconds. */
  private static final double LEAST_NANOSECONDS = 25_000;

  /**
   * Elements of a piece whose steps hand something on, such as rounded arguments, so that it stays
   * in the cache of a core.
   */
  private static final long MOST_HANDED_ON = 1 << 18;

  /**
   * Sums have so many terms at most, and what is cut by shapes alone has so many pieces, whatever
   * the number of threads.
   */
  private static final int MOST_PIECES = 16;

  /** Terms of a sum may take this part of the memory that the other arguments take. */
  private static final double SHARE_OF_TERMS = 0.5;

  /**
   * Cuts as finely as pays.
   *
   * @param precision in which a piece rounds those of its arguments that are not
   * @param threads that will take pieces
   */
  static Pieces of(Partition division, List<Operand> operands, Precision precision, int threads) {
    if (cut(division).findAny().isEmpty()) {
      return new Pieces(division, operands, 1, 1);
    }
    long rows = rows(division, operands);
    double count =
        Math.min(
            count(division, operands, precision, threads),
            division.nanoseconds() / LEAST_NANOSECONDS);
    long wanted = (long) Math.ceil(rows / Math.max(1, Math.floor(count)));
    return new Pieces(division, operands, rows, division.lengths().grain(wanted, rows));
  }

  private static double count(
      Partition division, List<Operand> operands, Precision precision, int threads) {
    if (division.sums()) {
      return terms(operands);
    }
    if (division.fixed()) {
      // Twice as long where there are four times as many: each repeats some work of the others.
      return Math.min(MOST_PIECES, Math.sqrt(2 * division.nanoseconds() / LEAST_NANOSECONDS));
    }
    boolean bounded = rounds(division, operands, precision) || division.handsOn();
    return Math.max(
        threads == 1 ? 1 : division.perThread() * threads,
        bounded ? elements(division, operands) / MOST_HANDED_ON : 0);
  }

  private static boolean rounds(Partition division, List<Operand> operands, Precision precision) {
    return cut(division)
        .anyMatch(
            i -> precision == Precision.BF16 && operands.get(i).element() != Element.of(precision));
  }

  /** The arguments that are cut. */
  private static IntStream cut(Partition division) {
    return IntStream.range(0, division.axes().size()).filter(i -> division.axes().get(i) >= 0);
  }

  private static long rows(Partition division, List<Operand> operands) {
    int first = cut(division).findFirst().orElseThrow();
    return operands.get(first).size(division.axes().get(first));
  }

  /** Of 8-bit numbers four are counted as one. */
  private static double elements(Partition division, List<Operand> operands) {
    return cut(division)
        .mapToDouble(
            i -> operands.get(i).elements() * (operands.get(i).elementBytes() == 1 ? 0.25 : 1))
        .sum();
  }

  private static double terms(List<Operand> operands) {
    int last = operands.size() - 1;
    double others = operands.subList(0, last).stream().mapToDouble(Operand::elements).sum();
    return Math.min(MOST_PIECES, SHARE_OF_TERMS * others / operands.get(last).elements());
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
    return division.joins()
        && count() < threads
        && division.nanoseconds() > LEAST_NANOSECONDS * threads;
  }

  /** Whether a kernel takes more rows than there are for the last piece. */
  boolean pads() {
    long last = rest() == 0 ? grain : rest();
    return padded(last) != last;
  }

  /** Whether the kernel for all rows at once is the one for a piece. */
  boolean whole() {
    return count() == 1 && !division.lengths().pads() && !pads();
  }

  /** Rows that a kernel takes for a piece of so many. */
  long padded(long length) {
    return division.axes().isEmpty() ? length : division.lengths().padded(length);
  }

  /** Rows of the last piece if it is shorter than the others, else 0. */
  long rest() {
    return rows % grain;
  }

  /** Whether a piece has a part of an argument. */
  boolean isCut(int argument) {
    return division.axes().get(argument) >= 0;
  }

  /** Bytes from a row of an argument that is cut to the next. */
  long rowBytes(int argument) {
    Operand operand = operands.get(argument);
    return operand.known()[division.axes().get(argument)] * operand.elementBytes();
  }

  /** The first row of the last piece. */
  long lastRow() {
    return rows - (rest() == 0 ? grain : rest());
  }

  /** The operands of a piece of so many rows. */
  List<Operand> ofLength(long length) {
    return IntStream.range(0, operands.size())
        .mapToObj(
            i ->
                isCut(i)
                    ? operands.get(i).withRows(division.axes().get(i), length)
                    : operands.get(i))
        .toList();
  }

  /** Bytes from the start of an argument to that of the piece from a row on. */
  long offset(int argument, long from) {
    Operand operand = operands.get(argument);
    int axis = division.axes().get(argument);
    return switch (axis) {
      case Partition.WHOLE -> 0;
      case Partition.SUMMED -> from / grain * operand.elements() * operand.elementBytes();
      default -> from * rowBytes(argument);
    };
  }
}
