package io.bayes4j.core.internal;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Argument and state checks whose messages name the argument, its value and the rule. */
public final class Require {
  private Require() {}

  /**
   * Checks a condition on an argument.
   *
   * @throws IllegalArgumentException with the formatted message, if the condition is false
   */
  @FormatMethod
  public static void argument(boolean condition, String template, @Nullable Object... args) {
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
  public static void state(boolean condition, String template, @Nullable Object... args) {
    if (!condition) {
      throw new IllegalStateException(String.format(Locale.US, template, args));
    }
  }

  /**
   * Numbers for a message, which become a text such as "[2, 3]" only if the message is wanted: most
   * checks of shapes hold, many thousand times a second.
   */
  public static Object text(long... numbers) {
    return new Object() {
      @Override
      public String toString() {
        return Arrays.toString(numbers);
      }
    };
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
   * Checks that a number is finite and above zero, as a float too: 1e300 would become infinite
   * there, and 1e-60 zero.
   *
   * @return the number
   * @throws IllegalArgumentException if it is not
   */
  public static double positiveAsFloat(double value, String name) {
    positive(value, name);
    argument(
        (float) value > 0 && Float.isFinite((float) value),
        "%s must be finite and > 0 as a float, got %s",
        name,
        value);
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
   * Checks that a whole number is at least zero.
   *
   * @return the number
   * @throws IllegalArgumentException if it is not
   */
  public static long notNegative(long value, String name) {
    argument(value >= 0, "%s must be >= 0, got %d", name, value);
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

  /** Something whose memory can be released before the object is forgotten. */
  public interface Releasable {
    /** Whether the memory has been released. */
    boolean wasClosed();
  }

  /**
   * Checks that an argument is there.
   *
   * @return the argument
   * @throws IllegalArgumentException if it is null
   */
  public static <T> T nonNull(@Nullable T value, String name) {
    // Texts are made for messages alone: operations come here hundreds of times a step.
    if (value == null) {
      throw new IllegalArgumentException(name + " must not be null");
    }
    return value;
  }

  /**
   * The element of a list of one.
   *
   * @throws IllegalArgumentException if there is another number of them, or null
   */
  public static <T> T one(List<T> values, String name) {
    elements(values, name);
    argument(values.size() == 1, "%s must be one value, got %d", name, values.size());
    return values.get(0);
  }

  /**
   * Checks that a collection is there, and each of its elements.
   *
   * @return the collection
   * @throws IllegalArgumentException if it is null, or an element is
   */
  public static <C extends Iterable<?>> C elements(C values, String name) {
    nonNull(values, name);
    int i = 0;
    for (Object value : values) {
      nonNullElement(value, name, i++);
    }
    return values;
  }

  /**
   * Checks that an array is there, and each of its elements.
   *
   * @return the array
   * @throws IllegalArgumentException if it is null, or an element is
   */
  public static <T> T[] elements(T[] values, String name) {
    nonNull(values, name);
    for (int i = 0; i < values.length; i++) {
      nonNullElement(values[i], name, i);
    }
    return values;
  }

  private static void nonNullElement(@Nullable Object value, String name, int index) {
    if (value == null) {
      throw new IllegalArgumentException(name + "[" + index + "] must not be null");
    }
  }

  /**
   * Checks that a map is there, and each of its keys and values.
   *
   * @return the map
   * @throws IllegalArgumentException if it is null, or a key or a value is
   */
  public static <M extends Map<?, ?>> M entries(M map, String name) {
    nonNull(map, name);
    map.forEach(
        (key, value) -> {
          argument(key != null, "%s must not have a key that is null", name);
          argument(value != null, "%s must not have null for \"%s\"", name, key);
        });
    return map;
  }

  /**
   * What a map has for a key that is known to be in it.
   *
   * @throws IllegalStateException if it is not
   */
  public static <V> V entry(Map<?, V> map, Object key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException(key + " must be one of " + map.keySet());
    }
    return value;
  }

  /**
   * Checks that a name says something.
   *
   * @return the name
   * @throws IllegalArgumentException if it is null or blank
   */
  public static String text(String value, String name) {
    argument(!nonNull(value, name).isBlank(), "%s must not be blank, got \"%s\"", name, value);
    return value;
  }

  /**
   * Checks that an array is there, and that its memory has not been released.
   *
   * @return the array
   * @throws IllegalArgumentException if it is null or closed
   */
  public static INDArray open(@Nullable INDArray array, String name) {
    INDArray given = nonNull(array, name);
    if (given.wasClosed()) {
      throw closed(name);
    }
    return given;
  }

  /**
   * Checks that an array holds floats.
   *
   * @return the array
   * @throws IllegalArgumentException if it is null, closed, empty, or of another type
   */
  public static INDArray floats(INDArray array, String name) {
    open(array, name);
    argument(
        array.dataType() == DataType.FLOAT && !array.isEmpty(),
        "%s must be a non-empty FLOAT array, got %s of shape %s",
        name,
        array.dataType(),
        Arrays.toString(array.shape()));
    return array;
  }

  /**
   * As {@link #open(INDArray, String)}, where null is allowed.
   *
   * @return the array
   * @throws IllegalArgumentException if it is closed
   */
  public static @Nullable INDArray openIfGiven(@Nullable INDArray array, String name) {
    if (array != null && array.wasClosed()) {
      throw closed(name);
    }
    return array;
  }

  /**
   * As {@link #open(INDArray, String)} for what holds an array.
   *
   * @return the argument
   * @throws IllegalArgumentException if it is null or closed
   */
  public static <R extends Releasable> R open(@Nullable R value, String name) {
    R given = nonNull(value, name);
    if (given.wasClosed()) {
      throw closed(name);
    }
    return given;
  }

  /**
   * As {@link #open(Releasable, String)}, where null is allowed.
   *
   * @return the argument
   * @throws IllegalArgumentException if it is closed
   */
  public static <R extends Releasable> @Nullable R openIfGiven(@Nullable R value, String name) {
    if (value != null && value.wasClosed()) {
      throw closed(name);
    }
    return value;
  }

  private static IllegalArgumentException closed(String name) {
    return new IllegalArgumentException(
        name + " must be open, got an array that has been closed, whose memory is released");
  }
}
