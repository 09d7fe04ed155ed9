package io.bayes4j.onednn;

/**
 * How many rows pieces of an operation have.
 *
 * @param multiple lengths are multiples of it where there is enough to divide
 * @param pads whether the last piece is filled up to a multiple with rows that nobody looks at
 * @param least what shorter pieces are filled up to
 * @param most rows of a piece
 */
record Lengths(int multiple, boolean pads, int least, int most) {
  /** Any number of rows. */
  static final Lengths ANY = multiplesOf(1);

  /** Multiples, but for the last piece. */
  static Lengths multiplesOf(int multiple) {
    return new Lengths(multiple, false, 1, Integer.MAX_VALUE);
  }

  /** Always the same number, to which the last piece is filled up. */
  static Lengths blocks(int rows) {
    return new Lengths(rows, true, rows, rows);
  }

  /** The same, shorter pieces filled up. */
  Lengths atLeast(int rows) {
    return new Lengths(multiple, pads, rows, most);
  }

  /** Rows of every piece but perhaps the last, about so many. */
  long grain(long wanted, long rows) {
    return Math.min(rows, Math.min(most, Math.max(least, roundedUp(wanted))));
  }

  /** Rows that a kernel takes for a piece of so many. */
  long padded(long rows) {
    return Math.max(least, pads ? roundedUp(rows) : rows);
  }

  private long roundedUp(long rows) {
    return (rows + multiple - 1) / multiple * multiple;
  }
}
