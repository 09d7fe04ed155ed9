package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Context;
import io.bayes4j.core.internal.Require;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The operations of a prediction, which are recorded first and run once all are known.
 *
 * <p>Inside a {@link #scope}, an operation that no gradient is wanted of checks its shapes and
 * waits. At the end of the scope, what the result needs is run: operations that are read by one
 * other alone become one kernel with it where there is one for both (a convolution with the
 * normalisation, the sum and the ReLU behind it, for instance), memory is used again as soon as
 * nobody reads it any more, and what does not depend on the draw is computed once for all draws.
 * Who writes a layer states its mathematics and says nothing of this.
 *
 * <p>Code that reads a value in the middle gets it, and whatever it needs is run then; from there
 * on that value stays as it is until the scope ends. A value whose memory was used again is
 * computed anew if somebody asks for it after all. What is computed stays the same, up to rounding.
 *
 * <p>Outside of scopes every operation computes at once, so that whoever changes a parameter
 * between two operations gets what the order of the statements says.
 */
public final class Plan {
  /** That of the innermost scope; unset outside of scopes, and while operations run. */
  private static final Context.Key<Plan> CURRENT = Context.ofOneThread();

  private final DerivedWeights prepared;
  private final DrawInvariantResults settled;

  private Plan(DerivedWeights prepared, DrawInvariantResults settled) {
    this.prepared = prepared;
    this.settled = settled;
  }

  /**
   * Runs a piece of work whose operations may wait, and returns its result, computed.
   *
   * <p>The work must not write to arrays that its operations read. Scopes nest; only at the end of
   * the outermost is the result computed.
   */
  public static Var scope(Supplier<Var> work) {
    Require.nonNull(work, "work");
    return on() ? work.get() : scope(DerivedWeights.NONE, DrawInvariantResults.NONE, work);
  }

  /**
   * As {@link #scope(Supplier)}, for work that is done several times.
   *
   * @param prepared what is made of kernels for all of them
   * @param settled what is the same for all of them
   */
  public static Var scope(
      DerivedWeights prepared, DrawInvariantResults settled, Supplier<Var> work) {
    Require.nonNull(prepared, "prepared");
    Require.nonNull(settled, "settled");
    Require.nonNull(work, "work");
    Plan outer = CURRENT.get();
    if (outer != null && outer.prepared == prepared && outer.settled == settled) {
      return work.get();
    }
    Plan plan = new Plan(prepared, settled);
    Var result = in(plan, work);
    if (outer == null) {
      in(null, () -> plan.finish(result));
    }
    return result;
  }

  /** Runs a piece of work whose operations compute at once, wherever it is called. */
  public static <T> T off(Supplier<T> work) {
    Require.nonNull(work, "work");
    return on() ? in(null, work) : work.get();
  }

  private static <T> T in(@Nullable Plan plan, Supplier<T> work) {
    Plan outer = CURRENT.get();
    CURRENT.set(plan);
    try {
      return work.get();
    } finally {
      CURRENT.set(outer);
    }
  }

  private Var finish(Var result) {
    if (result.held().waits()) {
      new PlanRun(settled, true).compute(result);
    }
    result.value();
    result.held().forgetOperation();
    return result;
  }

  /** Whether operations wait on this thread. */
  public static boolean on() {
    return CURRENT.get() != null;
  }

  /** Computes what somebody asks for, who may keep it, before all operations are known. */
  static void ask(Var x) {
    Plan plan = CURRENT.get();
    if (plan == null) {
      x.held().compute();
      return;
    }
    in(
        null,
        () -> {
          new PlanRun(plan.settled, false).compute(x);
          return x;
        });
    x.held().markSeen();
  }

  /** What the current scope shares with others; nothing outside of scopes. */
  public static DerivedWeights prepared() {
    Plan here = CURRENT.get();
    return here == null ? DerivedWeights.NONE : here.prepared;
  }

  /**
   * The result of an operation: waiting, in a scope where none of the inputs takes a gradient.
   *
   * @param key equal for operations that compute the same of the same inputs; null for one that is
   *     like no other
   * @param shape of the result
   * @param inputs all arrays that the operation reads
   * @param operation computes it at once, and records it
   */
  public static Var operation(
      @Nullable Object key, long[] shape, List<Var> inputs, Supplier<Var> operation) {
    Require.nonNull(shape, "shape");
    Require.elements(inputs, "inputs");
    Require.nonNull(operation, "operation");
    return joinable(key, shape, inputs, operation, Deferred.Joining.NONE);
  }

  /** The result of an operation on one array, in its shape. */
  public static Var unary(@Nullable Object key, Var x, Supplier<Var> operation) {
    Require.open(x, "x");
    return operation(key, x.shape(), List.of(x), operation);
  }

  /**
   * The result of an operation that picks numbers out of an array: see {@link PendingPick}.
   *
   * @param ofBytes the same for 8-bit numbers
   */
  public static Var pick(
      Object key, long[] shape, Var x, Supplier<Var> ofFloats, UnaryOperator<INDArray> ofBytes) {
    return waits(List.of(x))
        ? record(key, List.of(x), () -> new PendingPick(x, shape, ofFloats, ofBytes))
        : ofFloats.get();
  }

  /**
   * As {@link #operation}, for one that what computes an operand can take in.
   *
   * @param joining finds out whether it can
   */
  public static Var joinable(
      @Nullable Object key,
      long[] shape,
      List<Var> inputs,
      Supplier<Var> operation,
      Deferred.Joining joining) {
    return waits(inputs)
        ? record(key, inputs, () -> new Deferred(shape, inputs, operation, joining))
        : operation.get();
  }

  /** Whether an operation on these inputs waits. */
  public static boolean waits(List<Var> inputs) {
    return on() && !Gradients.recorded(inputs);
  }

  /** The waiting result of an operation, for which {@link #waits} holds. */
  public static Var record(@Nullable Object key, List<Var> inputs, Supplier<Pending> pending) {
    Plan plan = Objects.requireNonNull(CURRENT.get());
    return plan.settled.once(plan.prepared, key, inputs, () -> waiting(pending.get()));
  }

  /**
   * As {@link Var#result}, for a result that may wait to be computed with the operation after it.
   */
  public static Var deferred(Pending pending, List<Var> inputs, Var.Backward backward) {
    if (!on()) {
      return Var.recorded(Value.result(pending.get(), pending), inputs, backward);
    }
    return Gradients.recorded(inputs)
        ? Var.recorded(Value.waiting(pending, true), inputs, backward)
        : waiting(pending);
  }

  /** A result without a gradient that waits to be computed; tells what it reads that it does so. */
  private static Var waiting(Pending pending) {
    pending.reads().forEach(read -> read.held().addReader());
    return Var.untracked(Value.waiting(pending, false));
  }

  /** A result that waits for one operation, which is made at the same time. */
  public static Var waitingForOne(Pending pending) {
    Value value = Value.waiting(pending, false);
    value.addReader();
    return Var.untracked(value);
  }

  /** What the next operation may become one with; empty if the value is known. */
  public static Optional<Pending> pending(Var x) {
    return x.held().pending();
  }

  /** What computes a result, if the result waits for one reader alone. */
  public static Optional<Pending> only(Var x, Predicate<Var> alone) {
    return alone.test(x) ? pending(x) : Optional.empty();
  }

  /** max(x, 0), taken in by what computes x if it can be. */
  public static Var relu(Var x, Supplier<Var> operation) {
    return joinable(
        "relu",
        x.shape(),
        List.of(x),
        operation,
        alone -> only(x, alone).flatMap(p -> p.withRelu(alone)));
  }

  /** x * scale + shift by channel, taken in by what computes x. */
  public static Deferred.Joining affine(Var x, INDArray scale, INDArray shift) {
    return alone -> only(x, alone).flatMap(p -> p.withAffine(scale, shift, alone));
  }
}
