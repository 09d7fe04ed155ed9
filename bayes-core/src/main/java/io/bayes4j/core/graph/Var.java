package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An array that knows which operation made it, so that {@link Gradients} can walk back from a loss
 * to its leaves.
 *
 * <p>A Var is immutable: no operation writes into another's value. It is either a constant (no
 * gradient flows through it), a leaf (a gradient is wanted for it) or the recorded result of an
 * operation. In a {@link Plan} its value is computed when it is first asked for.
 */
public final class Var implements Require.Releasable {
  /** How the result of an operation hands its gradient on to its inputs. */
  @FunctionalInterface
  public interface Backward {
    /**
     * Gives the sink the gradient of each input.
     *
     * @param gradient gradient of the result, in its shape; not to be written into
     * @param sink takes the gradients of the inputs
     */
    void run(INDArray gradient, Gradients.Sink sink);
  }

  /** The value as floats; null while the result is pending, or nobody has asked for floats. */
  private @Nullable INDArray value;

  /** The value as BFLOAT16; null unless a kernel left it so, or has asked for it. */
  private @Nullable INDArray rounded;

  /** The value as 8-bit numbers; null unless a kernel left it so. */
  private @Nullable INDArray bytes;

  /** What a step of them is worth. */
  private @Nullable Quantum quantum;

  /** How the value is computed; null if it is not known any more, because nobody needs it again. */
  private @Nullable Pending pending;

  /** How many operations that wait read it. */
  private int readers;

  /** Whether somebody outside of the plan has been given the value, and may keep it. */
  private boolean seen;

  /** Where a value is from. */
  private enum Origin {
    /** From outside: it may change, and be used in many scopes of an arena. */
    GIVEN,
    /** An operation, whose backward rule takes floats. */
    RESULT,
    /** An operation, whose backward rule takes a gradient of type BFLOAT16, too. */
    ACTIVATION
  }

  private final Origin origin;

  /** Whether the value was made for this result alone; others may have been given it since. */
  private boolean owned;

  private final boolean tracked;
  private final List<Var> inputs;
  private final @Nullable Backward backward;

  /** What computed the operation computes its gradient: in the same precision, for one thing. */
  private final @Nullable KernelProvider provider;

  /**
   * Longest path to a leaf: a result is always deeper than its inputs, which orders the walk back.
   */
  private final int depth;

  private Var(
      @Nullable INDArray value,
      boolean tracked,
      List<Var> inputs,
      @Nullable Backward backward,
      Origin origin) {
    if (value != null) {
      keep(value);
    }
    this.origin = origin;
    this.tracked = tracked;
    this.inputs = inputs;
    this.backward = backward;
    this.provider = backward == null ? null : Kernels.provider();
    this.depth = inputs.stream().mapToInt(input -> input.depth + 1).max().orElse(0);
  }

  private Var(Pending pending, boolean tracked, List<Var> inputs, @Nullable Backward backward) {
    this((INDArray) null, tracked, inputs, backward, origin(pending));
    this.pending = pending;
  }

  /** How the value is computed, while that is known. */
  private Pending operation() {
    return Objects.requireNonNull(pending);
  }

  private Quantum step() {
    return Objects.requireNonNull(quantum);
  }

  private static Origin origin(Pending pending) {
    return pending.takesRoundedGradient() ? Origin.ACTIVATION : Origin.RESULT;
  }

  private void keep(INDArray array) {
    if (array.dataType() == DataType.BFLOAT16) {
      rounded = array;
    } else {
      value = array;
    }
  }

  /**
   * An array that takes no gradient. The array is not copied.
   *
   * @throws IllegalArgumentException if it is not float, or neither row-major nor channels-last
   */
  public static Var constant(INDArray value) {
    return new Var(checked(value), false, List.of(), null, Origin.GIVEN);
  }

  /** A number that takes no gradient. */
  public static Var constant(double value) {
    return constant(Detached.scalar(value));
  }

  /**
   * An array that a gradient is wanted for. The array is not copied.
   *
   * @throws IllegalArgumentException if it is not float, or neither row-major nor channels-last
   */
  public static Var leaf(INDArray value) {
    return new Var(checked(value), true, List.of(), null, Origin.GIVEN);
  }

  /**
   * The result of an operation, which may be one of your own.
   *
   * <p>The operation is recorded only if an input is tracked and {@link Gradients#off} is not in
   * force.
   *
   * @param value what the operation computed: a dense array that nothing else writes to
   * @param inputs what it was computed from
   * @param backward adds to the sink the gradient of each input
   */
  public static Var result(INDArray value, List<Var> inputs, Backward backward) {
    DataType type = Require.open(value, "value").dataType();
    Require.argument(
        type == DataType.FLOAT || type == DataType.BFLOAT16,
        "value must be FLOAT or BFLOAT16, got %s",
        type);
    Require.argument(
        value.length() > 0, "value must not be empty, got %s", Arrays.toString(value.shape()));
    Require.elements(inputs, "inputs");
    Require.nonNull(backward, "backward");
    return result(value, inputs, backward, Origin.RESULT);
  }

  /**
   * As {@link #result}, with a rule that takes its gradient in the type of the result, or floats.
   */
  public static Var activation(INDArray value, List<Var> inputs, Backward backward) {
    return result(value, inputs, backward, Origin.ACTIVATION);
  }

  private static Var result(INDArray value, List<Var> inputs, Backward backward, Origin origin) {
    return recorded(inputs)
        ? new Var(value, true, inputs, backward, origin)
        : new Var(value, false, List.of(), null, origin);
  }

  /** As {@link #result}, for a result that may wait to be computed with the operation after it. */
  public static Var deferred(Pending pending, List<Var> inputs, Backward backward) {
    if (!Plan.on()) {
      return result(pending.get(), inputs, backward, origin(pending));
    }
    return recorded(inputs)
        ? new Var(pending, true, inputs, backward)
        : waiting(pending).countingReaders();
  }

  /** A result without a gradient that waits to be computed. */
  static Var waiting(Pending pending) {
    return new Var(pending, false, List.of(), null);
  }

  /** A result that waits for one operation, which is made at the same time. */
  public static Var waitingForOne(Pending pending) {
    Var result = waiting(pending);
    result.readers = 1;
    return result;
  }

  /** Tells what the operation reads that it does so. */
  Var countingReaders() {
    for (Var read : operation().reads()) {
      // Others are read by many threads, and nobody asks how often.
      if (read.pending != null) {
        read.readers++;
      }
    }
    return this;
  }

  /** Whether an operation on these inputs is recorded. */
  public static boolean recorded(List<Var> inputs) {
    return Gradients.recording() && inputs.stream().anyMatch(Var::tracked);
  }

  /** What the next operation may become one with; empty if the value is known. */
  public Optional<Pending> pending() {
    return waits() ? Optional.ofNullable(pending) : Optional.empty();
  }

  /** Whether the value is still to be computed. */
  public boolean waits() {
    return pending != null && !computed();
  }

  boolean hasOneReader() {
    return readers == 1;
  }

  /** What the operation that computes it reads; nothing if it is not known any more. */
  List<Var> reads() {
    return pending == null ? List.of() : pending.reads();
  }

  /** See {@link Pending#simplified}. */
  void simplify(Predicate<Var> alone) {
    if (!tracked) {
      pending = operation().simplified(alone);
    }
  }

  /** What is the same for all that show one array from outside, and another for every result. */
  Object identity() {
    return origin == Origin.GIVEN ? Objects.requireNonNull(value) : this;
  }

  /** Whether the value is an array from outside. */
  boolean isGiven() {
    return origin == Origin.GIVEN;
  }

  Optional<Var> overwritable() {
    return operation().overwritable();
  }

  private static INDArray checked(INDArray value) {
    Require.open(value, "value");
    Require.argument(
        value.dataType() == DataType.FLOAT, "value must be FLOAT, got %s", value.dataType());
    Require.argument(
        !value.isEmpty(), "value must not be empty, got shape %s", Arrays.toString(value.shape()));
    Require.argument(
        Layout.ROW_MAJOR.describes(value) || Layout.CHANNELS_LAST.describes(value),
        "value must be dense (use dup()), got shape %s with strides %s",
        Arrays.toString(value.shape()),
        Arrays.toString(value.stride()));
    return value;
  }

  /** The array itself as floats, not a copy: do not write into it. */
  public INDArray value() {
    ask();
    if (value != null) {
      return value;
    }
    INDArray floats =
        rounded == null
            ? Kernels.integers().dequantize(Objects.requireNonNull(bytes), step())
            : Kernels.cast(rounded, DataType.FLOAT);
    if (keepsCopies()) {
      value = floats;
    }
    return floats;
  }

  /** A copy of an array that may change, or in a scope that ends before its own, would be stale. */
  private boolean keepsCopies() {
    return origin != Origin.GIVEN && (Arena.current().isEmpty() || Arena.owns(held()));
  }

  /** Computes the value if it waits; in a plan, whoever asked for it may keep it. */
  private void ask() {
    if (pending == null) {
      return;
    }
    if (Plan.on()) {
      Plan.computeNow(this);
      markSeen();
    } else {
      compute();
    }
  }

  /** Who sees a view sees the array that it shows. */
  private void markSeen() {
    seen = true;
    for (Var read : reads()) {
      if (!read.seen && sharesMemoryWith(read)) {
        read.markSeen();
      }
    }
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
    owned =
        operation().ownsResult() && operation().reads().stream().noneMatch(this::sharesMemoryWith);
    if (tracked) {
      pending = null;
    }
  }

  /** Forgets how the value was computed: it stays known. */
  void forgetOperation() {
    pending = null;
  }

  /** The array in the type that it was computed in if kernels take that now, else as floats. */
  public INDArray activation() {
    ask();
    return rounded != null && Kernels.provider().keepsBfloat16() ? rounded : value();
  }

  /**
   * The array in the type that convolutions multiply: of a result, rounded once for all that read
   * it.
   */
  public INDArray factor() {
    ask();
    if (!Kernels.provider().keepsBfloat16()) {
      return value();
    }
    if (rounded != null) {
      return rounded;
    }
    INDArray copy = Kernels.cast(value(), DataType.BFLOAT16);
    if (keepsCopies()) {
      rounded = copy;
    }
    return copy;
  }

  /** The value as 8-bit numbers, if that is how it was computed. */
  public Optional<INDArray> bytes() {
    ask();
    return Optional.ofNullable(bytes);
  }

  /** What a step of {@link #bytes} is worth. */
  public Optional<Quantum> quantum() {
    ask();
    return bytes == null ? Optional.empty() : Optional.of(step());
  }

  /** See {@link Pending#wish}. */
  Wish wish(Var read, Wish own) {
    return operation().wish(read, own);
  }

  /** See {@link Pending#roundedTo}. */
  void roundTo(Quantum wanted) {
    if (!tracked && !seen) {
      pending = operation().roundedTo(wanted);
    }
  }

  /** The arrays that hold the value: one or more if it is known. */
  List<INDArray> arrays() {
    return Stream.of(value, rounded, bytes).filter(Objects::nonNull).toList();
  }

  /** Whether the value is known now. */
  boolean computed() {
    return value != null || rounded != null || bytes != null;
  }

  /** Whether somebody has closed the array that holds the value. */
  @Override
  public boolean wasClosed() {
    return arrays().stream().anyMatch(INDArray::wasClosed);
  }

  /** Whether both values are known and one is a view of the other, or both of a third. */
  boolean sharesMemoryWith(Var other) {
    return arrays().stream()
        .anyMatch(mine -> other.arrays().stream().anyMatch(his -> address(mine) == address(his)));
  }

  private static long address(INDArray array) {
    return array.isEmpty() ? 0 : array.data().address();
  }

  /** Whether the value may go: it can be computed again, and nobody outside of the plan has it. */
  boolean canBeComputedAgain() {
    return pending != null && computed() && !seen;
  }

  /** Lets the arena's scope use the memory for something else. */
  void release() {
    arrays().forEach(Arena::release);
    value = null;
    rounded = null;
    bytes = null;
  }

  /**
   * Whether the known value is an array of the current scope that was made for this result alone,
   * rather than one that something else may be a view of or have been made with.
   */
  boolean ownsMemory() {
    return owned && computed() && arrays().stream().allMatch(Arena::owns);
  }

  /**
   * Hands an array of a result that {@linkplain #ownsMemory owns} it to whoever writes another
   * result there.
   *
   * @param memory one of {@link #arrays}
   */
  public void handOver(INDArray memory) {
    arrays().stream().filter(array -> array != memory).forEach(Arena::release);
    value = null;
    rounded = null;
    bytes = null;
  }

  /** Lengths of the axes, as a copy: ND4J hands out its own array. */
  public long[] shape() {
    return computed() ? held().shape().clone() : operation().shape().clone();
  }

  /** The value in the type in which it was computed; as floats if that was in 8 bits. */
  INDArray known() {
    ask();
    return value == null && rounded == null ? value() : held();
  }

  private INDArray held() {
    if (value != null) {
      return value;
    }
    return rounded == null ? Objects.requireNonNull(bytes) : rounded;
  }

  /** Number of axes. */
  public int rank() {
    return computed() ? held().rank() : operation().shape().length;
  }

  /**
   * Length of an axis.
   *
   * @throws IllegalArgumentException if there is no such axis
   */
  public long size(int axis) {
    Require.argument(axis >= 0 && axis < rank(), "axis must be in [0, %d), got %d", rank(), axis);
    return computed() ? held().size(axis) : operation().shape()[axis];
  }

  /**
   * The only element.
   *
   * @throws IllegalStateException if there is more than one
   */
  public double item() {
    Require.state(value().length() == 1, "item() needs one element, got shape %s", shapeText());
    return value().getDouble(0);
  }

  /** Whether a gradient flows through it. */
  public boolean tracked() {
    return tracked;
  }

  /** The same array as a constant: no gradient flows back from here. */
  public Var detach() {
    return tracked ? new Var(known(), false, List.of(), null, origin) : this;
  }

  List<Var> inputs() {
    return inputs;
  }

  @Nullable Backward backward() {
    return backward;
  }

  /** Whether the rule takes a gradient of type BFLOAT16, too. */
  boolean takesRoundedGradient() {
    return origin == Origin.ACTIVATION;
  }

  /** Runs the operation's own rule, on the provider of the operation. */
  void propagate(INDArray gradient, Gradients.Sink sink) {
    Backward rule = Objects.requireNonNull(backward);
    Kernels.with(
        Objects.requireNonNull(provider),
        () -> {
          rule.run(gradient, sink);
          return sink;
        });
  }

  int depth() {
    return depth;
  }

  public String shapeText() {
    return Arrays.toString(shape());
  }

  @Override
  public String toString() {
    return "Var" + shapeText() + (tracked ? " tracked" : "");
  }
}
