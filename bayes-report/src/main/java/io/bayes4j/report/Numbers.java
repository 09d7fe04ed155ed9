package io.bayes4j.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers as a reader wants them: few digits, never a share rounded to all or to nothing. */
final class Numbers {
  /** Shown for a measure that could not be taken. */
  static final String NOT_AVAILABLE = "n/a";

  private static final char NARROW_SPACE = '\u202f';
  private static final MathContext THREE_DIGITS = new MathContext(3);
  private static final MathContext FIVE_DIGITS = new MathContext(5);
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.US).withZone(ZoneOffset.UTC);

  private Numbers() {}

  /** Returns a share in percent: 0.989 is "98.9 %". Near 0 and 1 it gets a second decimal. */
  static String share(double value) {
    if (!Double.isFinite(value)) {
      return NOT_AVAILABLE;
    }
    double distance = Math.min(value, 1 - value);
    if (distance <= 0) {
      return percent(value, 0);
    }
    if (distance < 0.00005) {
      return value < 0.5 ? "< " + percent(0.0001, 2) : "> " + percent(0.9999, 2);
    }
    return percent(value, distance < 0.001 ? 2 : 1);
  }

  /** Returns a share that is a round number of percent: 0.9 is "90 %". */
  static String wholePercent(double value) {
    return percent(value, 0);
  }

  private static String percent(double value, int decimals) {
    return String.format(Locale.US, "%." + decimals + "f%c%%", 100 * value, NARROW_SPACE);
  }

  /**
   * Returns a number with at most three significant digits, the smallest and largest as powers of
   * ten.
   */
  static String significant(double value) {
    return rounded(value, THREE_DIGITS);
  }

  /** As {@link #significant}, with five digits: enough for a year with its months. */
  static String five(double value) {
    return rounded(value, FIVE_DIGITS);
  }

  private static String rounded(double value, MathContext digits) {
    if (!Double.isFinite(value)) {
      return NOT_AVAILABLE;
    }
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e6)) {
      return String.format(Locale.US, "%.2e", value);
    }
    BigDecimal rounded = new BigDecimal(value).round(digits);
    return rounded.scale() < 0 ? rounded.toBigInteger().toString() : rounded.toPlainString();
  }

  /** Returns a number with two decimals, for measures on a known scale, such as entropies. */
  static String twoDecimals(double value) {
    return Double.isFinite(value) ? String.format(Locale.US, "%.2f", value) : NOT_AVAILABLE;
  }

  /** Returns a whole number with its thousands set apart: "60,000". */
  static String count(long value) {
    return String.format(Locale.US, "%,d", value);
  }

  /** Returns a time in its two largest units: "3 min 12 s". */
  static String duration(Duration time) {
    if (time.compareTo(Duration.ofMinutes(1)) < 0) {
      return significant(time.toMillis() / 1000.0) + " s";
    }
    if (time.compareTo(Duration.ofHours(1)) < 0) {
      return time.toMinutes() + " min " + time.toSecondsPart() + " s";
    }
    return time.toHours() + " h " + time.toMinutesPart() + " min";
  }

  /** Returns a point in time to the minute, in UTC. */
  static String time(Instant instant) {
    return MINUTE.format(instant);
  }
}
