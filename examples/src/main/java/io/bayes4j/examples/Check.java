package io.bayes4j.examples;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks of what users type and of what files hold. */
public final class Check {
  private Check() {}

  /**
   * Checks an argument.
   *
   * @throws IllegalArgumentException with the message, if the condition does not hold
   */
  @FormatMethod
  public static void argument(
      boolean condition, @FormatString String message, @Nullable Object... words) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.US, message, words));
    }
  }

  /**
   * Checks that a number is above zero.
   *
   * @return the number
   */
  @CanIgnoreReturnValue
  public static long positive(long number, String name) {
    argument(number > 0, "%s must be > 0, got %d", name, number);
    return number;
  }

  /**
   * Checks that a number is finite and above zero.
   *
   * @return the number
   */
  @CanIgnoreReturnValue
  public static double positive(double number, String name) {
    argument(
        number > 0 && Double.isFinite(number), "%s must be finite and > 0, got %s", name, number);
    return number;
  }

  /**
   * Checks a state.
   *
   * @throws IllegalStateException with the message, if the condition does not hold
   */
  @FormatMethod
  public static void state(
      boolean condition, @FormatString String message, @Nullable Object... words) {
    if (!condition) {
      throw new IllegalStateException(String.format(Locale.US, message, words));
    }
  }
}
