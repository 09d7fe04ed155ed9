package io.bayes4j.core.ops;

import com.google.errorprone.annotations.Immutable;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import java.util.List;

/**
 * Flags, arrays of ones where something holds and zeros elsewhere, and choices by them. Shapes
 * broadcast as NumPy's do. A flag takes no gradient.
 */
public final class Flags {
  private Flags() {}

  /**
   * What may hold of two numbers, by IEEE 754: NaN is unequal to all, and neither less nor more.
   */
  @SuppressWarnings("ImmutableEnumChecker") // The tests hold no state.
  public enum Relation {
    /** a = b. */
    EQUAL((a, b) -> a == b),
    /** a is not b. */
    NOT_EQUAL((a, b) -> a != b),
    /** a is less than b. */
    LESS((a, b) -> a < b),
    /** a is less than b, or b. */
    LESS_OR_EQUAL((a, b) -> a <= b),
    /** a is more than b. */
    GREATER((a, b) -> a > b),
    /** a is more than b, or b. */
    GREATER_OR_EQUAL((a, b) -> a >= b),
    /** Neither is zero. */
    AND((a, b) -> a != 0 && b != 0),
    /** One of both is not zero. */
    OR((a, b) -> a != 0 || b != 0),
    /** Just one of both is not zero. */
    XOR((a, b) -> (a != 0) != (b != 0));

    private final Test test;

    Relation(Test test) {
      this.test = test;
    }

    private void flags(float[] a, float[] b, float[] out, int n) {
      for (int i = 0; i < n; i++) {
        out[i] = test.holds(a[i], b[i]) ? 1f : 0f;
      }
    }
  }

  @Immutable
  @FunctionalInterface
  private interface Test {
    boolean holds(float a, float b);
  }

  /** Where a relation holds. */
  public static Var where(Relation relation, Var a, Var b) {
    Require.nonNull(relation, "relation");
    Require.open(a, "a");
    Require.open(b, "b");
    return Plan.operation(
        relation,
        Broadcast.shape(a, b),
        List.of(a, b),
        () -> Var.constant(Broadcast.apply(a, b, relation::flags)));
  }

  /**
   * a where flags are not zero, b elsewhere. What is not chosen leaves no trace, in the gradient
   * neither, though it be infinite or NaN.
   */
  public static Var choose(Var flags, Var a, Var b) {
    Require.open(flags, "flags");
    Require.open(a, "a");
    Require.open(b, "b");
    return Ops.add(kept(a, flags, true), kept(b, flags, false));
  }

  /** x where flags are set, or where they are not; zero elsewhere. */
  private static Var kept(Var x, Var flags, boolean set) {
    Elementwise.Binary mask =
        (in, flag, out, n) -> {
          for (int i = 0; i < n; i++) {
            out[i] = (flag[i] != 0) == set ? in[i] : 0f;
          }
        };
    return Plan.operation(
        List.of("kept", set),
        Broadcast.shape(x, flags),
        List.of(x, flags),
        () ->
            Var.result(
                Broadcast.apply(x, flags, mask),
                List.of(x),
                (g, sink) ->
                    sink.add(
                        x,
                        () ->
                            Broadcast.reduce(
                                Broadcast.apply(Var.constant(g), flags, mask), x.shape()))));
  }
}
