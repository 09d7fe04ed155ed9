package io.bayes4j.core.autograd;

import java.util.function.Supplier;

/**
 * Lets operations wait for the one that follows them, so that both become one kernel: a convolution
 * with the batch normalisation, the sum and the ReLU behind it, for instance.
 *
 * <p>Inside a scope, the result of some operations is computed when its value is first asked for,
 * or not at all if the next operation can do its work too. What is computed stays the same, up to
 * rounding. Outside of scopes every operation computes at once, so that whoever changes a parameter
 * between two operations gets what the order of the statements says.
 */
public final class Fusion {
  private static final ThreadLocal<Boolean> ON = new ThreadLocal<>();

  private Fusion() {}

  /**
   * Runs a piece of work whose operations may wait, and returns its result, computed.
   *
   * <p>The work must not write to arrays that its operations read. Scopes nest; only at the end of
   * the outermost is the result computed.
   */
  public static Var scope(Supplier<Var> work) {
    if (on()) {
      return work.get();
    }
    ON.set(Boolean.TRUE);
    try {
      Var result = work.get();
      result.value();
      return result;
    } finally {
      ON.remove();
    }
  }

  static boolean on() {
    return ON.get() != null;
  }
}
