package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.Require;
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
  /** What the operations of the innermost scope share; unset outside of scopes. */
  private static final ThreadLocal<PreparedKernels> SCOPE = new ThreadLocal<>();

  private Fusion() {}

  /**
   * Runs a piece of work whose operations may wait, and returns its result, computed.
   *
   * <p>The work must not write to arrays that its operations read. Scopes nest; only at the end of
   * the outermost is the result computed.
   */
  public static Var scope(Supplier<Var> work) {
    return on() ? work.get() : scope(PreparedKernels.NONE, work);
  }

  /** As {@link #scope(Supplier)}, for work that is done several times with the same kernels. */
  public static Var scope(PreparedKernels prepared, Supplier<Var> work) {
    Require.nonNull(prepared, "prepared");
    Require.nonNull(work, "work");
    PreparedKernels outer = SCOPE.get();
    if (outer == prepared) {
      return work.get();
    }
    SCOPE.set(prepared);
    try {
      Var result = work.get();
      if (outer == null) {
        result.value();
      }
      return result;
    } finally {
      if (outer == null) {
        SCOPE.remove();
      } else {
        SCOPE.set(outer);
      }
    }
  }

  static boolean on() {
    return SCOPE.get() != null;
  }

  /** What the current scope shares with others; nothing outside of scopes. */
  static PreparedKernels prepared() {
    PreparedKernels here = SCOPE.get();
    return here == null ? PreparedKernels.NONE : here;
  }
}
