package io.bayes4j.onednn;

import io.bayes4j.core.kernels.Precision;
import java.util.List;
import java.util.Objects;

/** All that a plan depends on. Its hash code is computed once: a key is looked up at every call. */
final class PlanKey {
  private final Operation operation;
  private final List<Operand> operands;
  private final Object attributes;
  private final Precision precision;
  private final int threads;
  private final List<Integer> axes;
  private final int hash;

  /**
   * The key of a plan.
   *
   * @param operation what it computes
   * @param operands its arguments, in the order in which they are given to {@link Plan#run}
   * @param attributes what else the operation must know, such as a geometry
   * @param precision in which it multiplies
   * @param threads among which oneDNN shares the work
   * @param axes along which the arguments were cut if it is a piece of an operation, see {@link
   *     Partition}; empty if it is all of one
   */
  PlanKey(
      Operation operation,
      List<Operand> operands,
      Object attributes,
      Precision precision,
      int threads,
      List<Integer> axes) {
    this.operation = operation;
    this.operands = List.copyOf(operands);
    this.attributes = attributes;
    this.precision = precision;
    this.threads = threads;
    this.axes = List.copyOf(axes);
    this.hash = Objects.hash(operation, operands, attributes, precision, threads, axes);
  }

  Operation operation() {
    return operation;
  }

  List<Operand> operands() {
    return operands;
  }

  Object attributes() {
    return attributes;
  }

  Precision precision() {
    return precision;
  }

  /** Whether the plan is one of several that read the same of an argument. */
  boolean shares(int argument) {
    return !axes.isEmpty() && axes.get(argument) == Partition.WHOLE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PlanKey key
        && hash == key.hash
        && operation == key.operation
        && threads == key.threads
        && precision == key.precision
        && axes.equals(key.axes)
        && operands.equals(key.operands)
        && attributes.equals(key.attributes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return operation + " of " + operands + " with " + attributes + " in " + precision;
  }
}
