package io.bayes4j.report;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What a chart draws in one colour.
 *
 * @param label its name in the legend
 * @param style how it is drawn
 * @param hue its colour, a name that the style sheet knows
 * @param points what each holds, the style says
 */
record Series(String label, Style style, String hue, List<double[]> points) {
  private static final String[] HUES = {"blue", "orange", "green", "purple", "grey"};

  /** How a series is drawn. */
  enum Style {
    /** A line through [x, y]. */
    LINE,
    /** A dashed line through [x, y]. */
    DASHED,
    /** A thin dashed line that guides the eye: it is no measurement, and no table shows it. */
    GUIDE,
    /** A thin dotted line that guides the eye. */
    DOTTED_GUIDE,
    /** Dots at [x, y], or [x, y, weight] with areas that follow the weights. */
    DOTS,
    /** One large mark at [x, y]. */
    MARK,
    /** Upright lines [x, from, to]. */
    INTERVALS,
    /** A filled area [x, from, to]. */
    BAND;

    boolean isGuide() {
      return this == GUIDE || this == DOTTED_GUIDE;
    }

    boolean hasRange() {
      return this == INTERVALS || this == BAND;
    }
  }

  Series {
    points = List.copyOf(points);
  }

  /** The colour of the n-th of several. */
  static String hue(int number) {
    return HUES[number % HUES.length];
  }

  static Series line(String label, String hue, double[] x, double[] y) {
    return new Series(label, Style.LINE, hue, points(x, i -> y[i]));
  }

  static Series dashed(String label, String hue, double[] x, double[] y) {
    return new Series(label, Style.DASHED, hue, points(x, i -> y[i]));
  }

  static Series dots(String label, String hue, double[] x, double[] y) {
    return new Series(label, Style.DOTS, hue, points(x, i -> y[i]));
  }

  static Series band(String label, String hue, double[] x, double[] from, double[] to) {
    return new Series(
        label,
        Style.BAND,
        hue,
        IntStream.range(0, x.length).mapToObj(i -> new double[] {x[i], from[i], to[i]}).toList());
  }

  /** A straight line from one corner of a chart to another. */
  static Series guide(String label, double fromX, double fromY, double toX, double toY) {
    return new Series(
        label, Style.GUIDE, "grey", List.of(new double[] {fromX, fromY}, new double[] {toX, toY}));
  }

  private static List<double[]> points(double[] x, IntToDoubleFunction y) {
    return IntStream.range(0, x.length)
        .mapToObj(i -> new double[] {x[i], y.applyAsDouble(i)})
        .toList();
  }

  /** The numbers along the horizontal axis. */
  double[] places() {
    return points.stream().mapToDouble(point -> point[0]).toArray();
  }
}
