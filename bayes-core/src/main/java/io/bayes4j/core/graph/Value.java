package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a {@link Var} holds: an array in the forms in which kernels take it, or the operation that
 * will compute it.
 *
 * <p>An array is known in the form in which it was computed, as floats, BFLOAT16 or 8-bit numbers,
 * and in others once somebody has asked for them. Operations ask here for the form that suits their
 * kernels; everybody else asks {@link Var#value} for floats.
 */
public final class Value {
  /** As floats; null while the result is pending, or nobody has asked for floats. */
  private @Nullable INDArray floats;

  /** As BFLOAT16; null unless a kernel left it so, or has asked for it. */
  private @Nullable INDArray rounded;

  /** As 8-bit numbers; null unless a kernel left it so. */
  private @Nullable INDArray bytes;

  /** What a step of them is worth. */
  private @Nullable Quantum quantum;

  /** How the value is computed; null if it is not known any more, because nobody needs it again. */
  private @Nullable Pending pending;

  /** Whether the operation is recorded for its gradient: it runs once, as it is. */
  private final boolean recorded;

  /** How many operations that wait read it. */
  private int readers;

  /** Whether somebody outside of the plan has been given the value, and may keep it. */
  private boolean seen;

  /** Whether the value was made for this result alone; others may have been given it since. */
  private boolean owned;

  private final Origin origin;

  /** Where a value is from. */
  private enum Origin {
    /** From outside: it may change, and be used in many scopes of an arena. */
    GIVEN,
    /** An operation, whose backward rule takes floats. */
    RESULT,
    /** An operation, whose backward rule takes a gradient of type BFLOAT16, too. */
    ACTIVATION
  }

  private Value(@Nullable Pending pending, boolean recorded, Origin origin) {
    this.pending = pending;
    this.recorded = recorded;
    this.origin = origin;
  }

  private Value(INDArray array, Origin origin) {
    this(null, false, origin);
    keep(array);
  }

  /** An array from outside, checked. */
  static Value given(INDArray array) {
    Require.open(array, "value");
    Require.argument(
        array.dataType() == DataType.FLOAT, "value must be FLOAT, got %s", array.dataType());
    Require.argument(
        !array.isEmpty(), "value must not be empty, got shape %s", Require.text(array.shape()));
    Require.argument(
        Layout.ROW_MAJOR.describes(array) || Layout.CHANNELS_LAST.describes(array),
        "value must be dense (use dup()), got shape %s with strides %s",
        Require.text(array.shape()),
        Require.text(array.stride()));
    return new Value(array, Origin.GIVEN);
  }

  /** What an operation has computed, checked. */
  static Value result(INDArray array) {
    GradientSum.requireType("value", array);
    Require.argument(
        array.length() > 0, "value must not be empty, got %s", Require.text(array.shape()));
    return new Value(array, Origin.RESULT);
  }

  /** What an operation has computed that might have waited. */
  static Value result(INDArray array, Pending operation) {
    return new Value(array, origin(operation));
  }

  /** What an operation will compute. */
  static Value waiting(Pending operation, boolean recorded) {
    return new Value(operation, recorded, origin(operation));
  }

  private static Origin origin(Pending operation) {
    return operation.takesRoundedGradient() ? Origin.ACTIVATION : Origin.RESULT;
  }

  /**
   * As {@link Var#result}, with a rule that takes its gradient in the type of the result, or as
   * floats.
   */
  public static Var activation(INDArray array, List<Var> inputs, Var.Backward backward) {
    return Var.recorded(new Value(array, Origin.ACTIVATION), inputs, backward);
  }

  /** What computes the gradient is what is computing the result: in the same precision. */
  static Var.Backward onThisProvider(Var.Backward rule) {
    KernelProvider provider = Kernels.provider();
    return (gradient, sink) ->
        Kernels.with(
            provider,
            () -> {
              rule.run(gradient, sink);
              return sink;
            });
  }

  /** What a Var holds, computed now if it waits; in a plan, whoever asked for it may keep it. */
  public static Value of(Var x) {
    Value value = Require.nonNull(x, "x").held();
    if (value.pending != null) {
      Plan.ask(x);
    }
    return value;
  }

  // The forms of a value that is known.

  /** As floats: the array itself, not a copy, if that is how it was computed. */
  INDArray floats() {
    if (floats != null) {
      return floats;
    }
    INDArray copy =
        rounded == null
            ? Kernels.integers().dequantize(Objects.requireNonNull(bytes), step())
            : Kernels.cast(rounded, DataType.FLOAT);
    if (keepsCopies()) {
      floats = copy;
    }
    return copy;
  }

  /** The array in the type that it was computed in if kernels take that now, else as floats. */
  public INDArray activation() {
    return rounded != null && Kernels.provider().keepsBfloat16() ? rounded : floats();
  }

  /**
   * The array in the type that convolutions multiply: of a result, rounded once for all that read
   * it.
   */
  public INDArray factor() {
    if (!Kernels.provider().keepsBfloat16()) {
      return floats();
    }
    if (rounded != null) {
      return rounded;
    }
    INDArray copy = Kernels.cast(floats(), DataType.BFLOAT16);
    if (keepsCopies()) {
      rounded = copy;
    }
    return copy;
  }

  /** As 8-bit numbers, if that is how it was computed. */
  public Optional<INDArray> bytes() {
    return Optional.ofNullable(bytes);
  }

  /** What a step of {@link #bytes} is worth. */
  public Optional<Quantum> quantum() {
    return bytes == null ? Optional.empty() : Optional.of(step());
  }

  /** In the type in which it was computed; as floats if that was in 8 bits. */
  INDArray real() {
    return floats == null && rounded == null ? floats() : array();
  }

  /** A copy of an array that may change, or in a scope that ends before its own, would be stale. */
  private boolean keepsCopies() {
    return origin != Origin.GIVEN && (Arena.current().isEmpty() || Arena.owns(array()));
  }

  private Quantum step() {
    return Objects.requireNonNull(quantum);
  }

  private INDArray array() {
    if (floats != null) {
      return floats;
    }
    return rounded == null ? Objects.requireNonNull(bytes) : rounded;
  }

  /** The arrays that hold the value: one or more if it is known. */
  List<INDArray> arrays() {
    return HeldMemory.known(floats, rounded, bytes);
  }

  /** Whether the value is known now. */
  boolean isKnown() {
    return floats != null || rounded != null || bytes != null;
  }

  /** Lengths of the axes; not a copy. */
  long[] shape() {
    return isKnown() ? array().shape() : operation().shape();
  }

  /** The same, for a Var without a gradient. */
  Value detached() {
    return new Value(real(), origin);
  }

  /** Whether the value is an array from outside. */
  boolean isGiven() {
    return origin == Origin.GIVEN;
  }

  /** Whether the backward rule takes a gradient of type BFLOAT16, too. */
  boolean takesRoundedGradient() {
    return origin == Origin.ACTIVATION;
  }

  // The operation of a value that waits.

  /** How the value is computed, while that is known. */
  private Pending operation() {
    return Objects.requireNonNull(pending);
  }

  /** Whether the value is still to be computed. */
  boolean waits() {
    return pending != null && !isKnown();
  }

  /** How the value is computed, if it is still to be. */
  Optional<Pending> pending() {
    return waits() ? Optional.ofNullable(pending) : Optional.empty();
  }

  /** What the operation that computes it reads; nothing if it is not known any more. */
  List<Var> reads() {
    return pending == null ? List.of() : pending.reads();
  }

  /** Counts one more operation that reads it and waits. */
  void addReader() {
    // Others are read by many threads, and nobody asks how often.
    if (pending != null) {
      readers++;
    }
  }

  boolean hasOneReader() {
    return readers == 1;
  }

  /** See {@link Pending#simplified}. */
  void simplify(Predicate<Var> alone) {
    if (!recorded) {
      pending = operation().simplified(alone);
    }
  }

  /** See {@link Pending#wish}. */
  Wish wish(Var read, Wish own) {
    return operation().wish(read, own);
  }

  /** See {@link Pending#roundedTo}. */
  void roundTo(Quantum wanted) {
    if (!recorded && !seen) {
      pending = operation().roundedTo(wanted);
    }
  }

  /** See {@link Pending#overwritable}. */
  Optional<Var> overwritable() {
    return operation().overwritable();
  }

  /** Runs the operation, if the value waits for that. */
  void compute() {
    if (waits()) {
      computed(operation().get());
    }
  }

  /** As {@link #compute}, in the memory of what is {@link #overwritable}. */
  void computeInPlace() {
    computed(operation().overwrite());
  }

  private void computed(INDArray result) {
    if (result.dataType() == DataType.INT8 || result.dataType() == DataType.UINT8) {
      bytes = result;
      quantum = operation().quantum().orElseThrow();
    } else {
      keep(result);
    }
    owned = operation().ownsResult() && HeldMemory.shownBy(this, reads()) == null;
    if (recorded) {
      pending = null;
    }
  }

  private void keep(INDArray array) {
    if (array.dataType() == DataType.BFLOAT16) {
      rounded = array;
    } else {
      floats = array;
    }
  }

  /** Forgets how the value was computed: it stays known. */
  void forgetOperation() {
    pending = null;
  }

  // The memory of a value that is known.

  /** Tells that somebody has it; who sees a view sees the array that it shows. */
  void markSeen() {
    seen = true;
    for (Var read : reads()) {
      if (!read.held().seen && showsMemoryOf(read.held())) {
        read.held().markSeen();
      }
    }
  }

  /** Whether both values are known and one is a view of the other, or both of a third. */
  boolean showsMemoryOf(Value other) {
    return HeldMemory.isShared(arrays(), other.arrays());
  }

  /** Whether the value may go: it can be computed again, and nobody outside of the plan has it. */
  boolean canBeComputedAgain() {
    return pending != null && isKnown() && !seen;
  }

  /**
   * Whether the known value is an array of the current scope that was made for this result alone,
   * rather than one that something else may be a view of or have been made with.
   */
  boolean ownsMemory() {
    return owned && isKnown() && HeldMemory.isOwned(arrays());
  }

  /** Lets the arena's scope use the memory for something else. */
  void release() {
    arrays().forEach(Arena::release);
    forget();
  }

  /**
   * Hands an array of a result that {@linkplain #ownsMemory owns} it to whoever writes another
   * result there.
   *
   * @param memory one of {@link #arrays}
   */
  public void handOver(INDArray memory) {
    for (INDArray array : arrays()) {
      if (array != memory) {
        Arena.release(array);
      }
    }
    forget();
  }

  private void forget() {
    floats = null;
    rounded = null;
    bytes = null;
  }
}
