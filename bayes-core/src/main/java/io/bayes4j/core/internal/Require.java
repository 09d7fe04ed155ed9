package io.bayes4j.core.internal;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/** Argument and state checks whose messages name the argument, its value and the rule. */
public final class Require {
  private Require() {}

  /**
   * Checks a condition on an argument.
   *
   * @throws IllegalArgumentException with the formatted message, if the condition is false
   */
  @FormatMethod
  public static void argument(boolean condition, String template, Object... args) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.US, template, args));
    }
  }

  /**
   * Checks a condition on the state of an object.
   *
   * @throws IllegalStateException with the formatted message, if the condition is false
   */
  @FormatMethod
  public static void state(boolean condition, String template, Object... args) {
    if (!condition) {
      throw new IllegalStateException(String.format(Locale.US, template, args));
    }
  }

  /**
   * Checks that a number is finite and above zero.
   *
   * @return the number
   * @throws IllegalArgumentException if it is not
   */
  public static double positive(double value, String name) {
    argument(value > 0 && Double.isFinite(value), "%s must be finite and > 0, got %s", name, value);
    return value;
  }

  /**
   * Checks that a number is finite and at least zero.
   *
   * @return the number
   * @throws IllegalArgumentException if it is not
   */
  public static double notNegative(double value, String name) {
    argument(
        value >= 0 && Double.isFinite(value), "%s must be finite and >= 0, got %s", name, value);
    return value;
  }

  /**
   * Checks that a whole number is above zero.
   *
   * @return the number
   * @throws IllegalArgumentException if it is not
   */
  public static long positive(long value, String name) {
    argument(value > 0, "%s must be > 0, got %d", name, value);
    return value;
  }

  /**
   * Checks that a number lies in [0, 1].
   *
   * @return the number
   * @throws IllegalArgumentException if it does not
   */
  public static double probability(double value, String name) {
    argument(value >= 0 && value <= 1, "%s must be in [0, 1], got %s", name, value);
    return value;
  }
}
