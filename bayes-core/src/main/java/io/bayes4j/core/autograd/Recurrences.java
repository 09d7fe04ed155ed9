package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Operands;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Recurrent operations over a sequence: one node of the graph for all steps of a layer. */
public final class Recurrences {
  private Recurrences() {}

  /**
   * What a recurrent operation computes.
   *
   * @param output hidden state of every step [N, T, units], in the order of the input's steps
   * @param hidden hidden state after the last step that was read [N, units]
   * @param cell its cell state [N, units], or null if the cell has none
   */
  public record Sequence(Var output, Var hidden, Var cell) {}

  /**
   * Runs a cell over the steps of a sequence.
   *
   * @param cell what happens in a step
   * @param input what the weights make of each step's input [N, T, gates * units]
   * @param hidden hidden state before the first step [N, units]
   * @param state cell state before the first step [N, units]; null for a cell without one
   * @param terms what the weights make of the hidden state: kernels [gates * units, units], the
   *     same in all steps
   * @param reverse whether the steps are read from the last to the first
   * @throws IllegalArgumentException if a shape does not fit
   */
  public static Sequence run(
      RecurrentCell cell,
      Var input,
      Var hidden,
      Var state,
      List<AffineTerm> terms,
      boolean reverse) {
    requireShapes(cell, input, hidden, state, terms);
    List<Var> inputs = inputs(cell, input, hidden, state, terms);
    RecurrentScan scan = new RecurrentScan(cell, input, terms, reverse);
    boolean record = Gradients.recording() && inputs.stream().anyMatch(Var::tracked);
    INDArray before = cell.hasCell() ? state.value() : null;
    INDArray states = scan.forward(input.value(), hidden.value(), before, record);
    Var all = Var.result(states, inputs, (g, sink) -> scan.backward(g, input, hidden, state, sink));
    long steps = input.size(1);
    Var output = cell.hasCell() ? Ops.slice(all, 1, 0, steps) : all;
    return new Sequence(
        output, step(output, reverse ? 0 : steps - 1), cell.hasCell() ? step(all, steps) : null);
  }

  private static Var step(Var sequence, long at) {
    return Ops.reshape(Ops.slice(sequence, 1, at, at + 1), sequence.size(0), sequence.size(2));
  }

  private static List<Var> inputs(
      RecurrentCell cell, Var input, Var hidden, Var state, List<AffineTerm> terms) {
    List<Var> all = new ArrayList<>(List.of(input, hidden));
    if (cell.hasCell()) {
      all.add(state);
    }
    for (AffineTerm term : terms) {
      all.add(term.kernel());
      if (term.bias() != null) {
        all.add(term.bias());
      }
    }
    return all;
  }

  private static void requireShapes(
      RecurrentCell cell, Var input, Var hidden, Var state, List<AffineTerm> terms) {
    Operands.requireFloat("input", input.value(), 3);
    Operands.requireFloat("hidden", hidden.value(), 2);
    long examples = input.size(0);
    long units = hidden.size(1);
    long gates = cell.gates() * units;
    requireShape("input", input.value(), examples, input.size(1), gates);
    requireShape("hidden", hidden.value(), examples, units);
    Require.argument(
        cell.hasCell() == (state != null),
        "state must be %s for %s",
        cell.hasCell() ? "given" : "null",
        cell);
    if (state != null) {
      requireShape("state", state.value(), examples, units);
    }
    Require.argument(!terms.isEmpty(), "terms must not be empty");
    for (AffineTerm term : terms) {
      requireShape("kernel", term.kernel().value(), gates, units);
      if (term.bias() != null) {
        requireShape("bias", term.bias().value(), gates);
      }
      if (term.inputFactors() != null) {
        requireShape("inputFactors", term.inputFactors(), examples, units);
      }
      if (term.outputFactors() != null) {
        requireShape("outputFactors", term.outputFactors(), examples, gates);
      }
    }
  }

  private static void requireShape(String name, INDArray array, long... shape) {
    Require.argument(
        Arrays.equals(array.shape(), shape),
        "%s must have shape %s, got %s",
        name,
        Arrays.toString(shape),
        Arrays.toString(array.shape()));
  }
}
