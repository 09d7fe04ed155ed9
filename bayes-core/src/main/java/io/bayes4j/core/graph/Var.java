package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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

  private final Value value;
  private final boolean tracked;
  private final List<Var> inputs;
  private final @Nullable Backward backward;

  /**
   * Longest path to a leaf: a result is always deeper than its inputs, which orders the walk back.
   */
  private final int depth;

  private Var(Value value, boolean tracked, List<Var> inputs, @Nullable Backward backward) {
    this.value = value;
    this.tracked = tracked;
    this.inputs = inputs;
    this.backward = backward;
    this.depth = depthBehind(inputs);
  }

  private static int depthBehind(List<Var> inputs) {
    int depth = 0;
    for (Var input : inputs) {
      depth = Math.max(depth, input.depth + 1);
    }
    return depth;
  }

  /**
   * An array that takes no gradient. The array is not copied.
   *
   * @throws IllegalArgumentException if it is not float, or neither row-major nor channels-last
   */
  public static Var constant(INDArray value) {
    return untracked(Value.given(value));
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
    return new Var(Value.given(value), true, List.of(), null);
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
    Value result = Value.result(value);
    Require.elements(inputs, "inputs");
    Require.nonNull(backward, "backward");
    return recorded(result, inputs, backward);
  }

  /** As {@link #result}, for a value that is held in a way of its own. */
  static Var recorded(Value value, List<Var> inputs, Backward backward) {
    return Gradients.recorded(inputs)
        ? new Var(value, true, inputs, Value.onThisProvider(backward))
        : untracked(value);
  }

  /** A value that no gradient flows through. */
  static Var untracked(Value value) {
    return new Var(value, false, List.of(), null);
  }

  /** The array itself as floats, not a copy: do not write into it. */
  public INDArray value() {
    return Value.of(this).floats();
  }

  /** What it holds, which need not have been computed. */
  Value held() {
    return value;
  }

  /** Whether somebody has closed the array that holds the value. */
  @Override
  public boolean wasClosed() {
    return HeldMemory.isClosed(value.arrays());
  }

  /** Lengths of the axes, as a copy: ND4J hands out its own array. */
  public long[] shape() {
    return value.shape().clone();
  }

  /** Number of axes. */
  public int rank() {
    return value.shape().length;
  }

  /**
   * Length of an axis.
   *
   * @throws IllegalArgumentException if there is no such axis
   */
  public long size(int axis) {
    Require.argument(axis >= 0 && axis < rank(), "axis must be in [0, %d), got %d", rank(), axis);
    return value.shape()[axis];
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
    return tracked ? untracked(Value.of(this).detached()) : this;
  }

  List<Var> inputs() {
    return inputs;
  }

  /** Whether an operation with a gradient made it. */
  boolean isRecorded() {
    return backward != null;
  }

  /** Runs the rule of the operation that made it. */
  void propagate(INDArray gradient, Gradients.Sink sink) {
    Objects.requireNonNull(backward).run(gradient, sink);
  }

  int depth() {
    return depth;
  }

  /** The shape as text, for messages: "[2, 3]". */
  public String shapeText() {
    return Arrays.toString(shape());
  }

  @Override
  public String toString() {
    return "Var" + shapeText() + (tracked ? " tracked" : "");
  }
}
