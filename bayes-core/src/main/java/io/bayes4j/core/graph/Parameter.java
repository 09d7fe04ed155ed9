package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Access;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trainable array of a layer: float, row-major, its storage fixed for life, updated in place by
 * an optimizer.
 *
 * <p>A frozen parameter takes no gradient and no update.
 */
public final class Parameter {
  private final INDArray value;
  private final Var leaf;
  private final Var constant;
  private volatile boolean trainable = true;

  /**
   * A trainable copy of an array.
   *
   * @throws IllegalArgumentException if it is not float
   */
  public Parameter(INDArray initial) {
    this(initial, true);
  }

  /**
   * A trainable parameter that has an array as its storage, rather than a copy of it.
   *
   * @param initial row-major, which nobody else writes into
   * @throws IllegalArgumentException if it is not float, or not row-major
   */
  public static Parameter owning(INDArray initial) {
    return new Parameter(initial, false);
  }

  private Parameter(INDArray initial, boolean copied) {
    Require.open(initial, "initial");
    Require.argument(
        !initial.isEmpty(), "initial must not be empty, got %s", Require.text(initial.shape()));
    Require.argument(
        initial.dataType() == DataType.FLOAT, "initial must be FLOAT, got %s", initial.dataType());
    if (!copied) {
      FloatMemory.of(initial, "initial");
    }
    this.value = copied ? Detached.copy(initial) : initial;
    this.leaf = Var.leaf(value);
    this.constant = Var.constant(value);
  }

  /** The parameter as an input of operations, with its value in the thread's {@link Snapshot}. */
  public Var var() {
    INDArray then = Snapshot.read(value);
    if (then != value) {
      return Var.constant(then);
    }
    return trainable ? leaf : constant;
  }

  /** The storage itself, row-major: what an optimizer writes into. */
  public INDArray value() {
    return value;
  }

  /** Lengths of the axes, as a copy: ND4J hands out its own array. */
  public long[] shape() {
    return value.shape().clone();
  }

  /** Whether it takes gradients and updates. */
  public boolean trainable() {
    return trainable;
  }

  /** Makes it take gradients and updates, or stop taking them. */
  public void setTrainable(boolean trainable) {
    this.trainable = trainable;
  }

  /**
   * Copies new values into the storage, when no prediction reads it.
   *
   * @throws IllegalArgumentException if the shape or type differs
   */
  public void assign(INDArray values) {
    Require.open(values, "values");
    Require.argument(
        Arrays.equals(values.shape(), value.shape()) && values.dataType() == DataType.FLOAT,
        "values must be FLOAT of shape %s, got %s of shape %s",
        Require.text(value.shape()),
        values.dataType(),
        Require.text(values.shape()));
    Access.changing(
        "the parameter", this, () -> Detached.copy(Layout.ROW_MAJOR.ensure(values), value));
  }

  @Override
  public String toString() {
    return "Parameter" + Arrays.toString(value.shape()) + (trainable ? "" : " frozen");
  }
}
