package io.bayes4j.report;

/**
 * An axis of a chart.
 *
 * @param title what it measures, and in which unit
 * @param share whether its numbers are shares, which are written in percent
 * @param min where it starts, NaN to follow the data
 * @param max where it ends, NaN to follow the data
 * @param zero whether it holds 0 in any case
 */
record Axis(String title, boolean share, double min, double max, boolean zero) {
  static Axis number(String title) {
    return new Axis(title, false, Double.NaN, Double.NaN, false);
  }

  static Axis fromZero(String title) {
    return new Axis(title, false, Double.NaN, Double.NaN, true);
  }

  /** Shares of which all may occur, so that the axis shows all. */
  static Axis allShares(String title) {
    return new Axis(title, true, 0, 1, true);
  }

  static Axis shares(String title, boolean zero) {
    return new Axis(title, true, Double.NaN, Double.NaN, zero);
  }

  String format(double value) {
    return share ? Numbers.share(value) : Numbers.five(value);
  }
}
