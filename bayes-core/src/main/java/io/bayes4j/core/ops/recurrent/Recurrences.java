package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
  public record Sequence(Var output, Var hidden, @Nullable Var cell) {}

  /**
   * Runs a cell over the steps of a sequence.
   *
   * @param cell what happens in a step
   * @param input what the weights make of the input of all steps, as a sum of terms
   * @param hidden hidden state before the first step [N, units]
   * @param state cell state before the first step [N, units]; null for a cell without one
   * @param terms what the weights make of the hidden state: kernels [gates * units, units], the
   *     same in all steps
   * @param reverse whether the steps are read from the last to the first
   * @throws IllegalArgumentException if a shape does not fit
   */
  public static Sequence run(
      RecurrentCell cell,
      List<InputTerm> input,
      Var hidden,
      @Nullable Var state,
      List<AffineTerm> terms,
      boolean reverse) {
    return run(cell, input, hidden, state, terms, reverse, null);
  }

  /**
   * The same over sequences of different lengths, padded at their ends: a sequence's outputs after
   * its end are zero, and its last states are those after its own last step that is read.
   *
   * @param lengths steps of each sequence; null for all steps
   * @throws IllegalArgumentException if a shape does not fit, or a length is not in [1, T]
   */
  public static Sequence run(
      RecurrentCell cell,
      List<InputTerm> input,
      Var hidden,
      @Nullable Var state,
      List<AffineTerm> terms,
      boolean reverse,
      int @Nullable [] lengths) {
    requireShapes(cell, input, hidden, state, terms);
    Var first = input.get(0).product();
    StepLimits limits = StepLimits.of(lengths, first.size(0), first.size(1));
    List<Var> inputs = inputs(input, hidden, state, terms);
    ScanShape shape = ScanShape.of(cell, first, reverse, limits);
    Var all =
        Plan.operation(
            null,
            new long[] {shape.resultLength()},
            inputs,
            () -> {
              RecurrentScan scan = new RecurrentScan(shape, input, terms);
              INDArray before = state == null ? null : state.value();
              INDArray result = scan.forward(hidden.value(), before, Gradients.recorded(inputs));
              return Var.result(result, inputs, (g, sink) -> scan.backward(g, hidden, state, sink));
            });
    return sequence(all, shape, hidden);
  }

  /**
   * The same by products of others' making, such as of 8-bit numbers: for prediction alone.
   *
   * @param input what the weights make of the input of all steps [N, T, gates * units], biases
   *     included
   * @param products makes what multiplies so many rows of hidden states at a time, once for each
   *     range of examples, in the thread that reads them; biases included
   * @throws IllegalArgumentException if a shape does not fit, or a length is not in [1, T]
   */
  public static Sequence predict(
      RecurrentCell cell,
      Var input,
      Var hidden,
      @Nullable Var state,
      IntFunction<? extends RowProducts> products,
      boolean reverse,
      int @Nullable [] lengths) {
    Require.open(input, "input");
    Require.nonNull(products, "products");
    List<InputTerm> terms = List.of(InputTerm.of(input));
    requireStates(cell, terms, hidden, state);
    StepLimits limits = StepLimits.of(lengths, input.size(0), input.size(1));
    ScanShape shape = ScanShape.of(cell, input, reverse, limits);
    INDArray before = state == null ? null : state.value();
    INDArray result =
        new RecurrentScan(shape, terms, List.of())
            .predict(new HiddenProducts.Given(products), hidden.value(), before);
    return sequence(Var.constant(result), shape, hidden);
  }

  private static Sequence sequence(Var all, ScanShape shape, Var hidden) {
    long[] states = hidden.shape();
    return new Sequence(
        part(all, 0, shape.examples(), shape.steps(), shape.units()),
        part(all, shape.finalHidden(0), states),
        shape.cell().hasCell() ? part(all, shape.finalCell(0), states) : null);
  }

  /** A part of a vector under another shape, without a copy. */
  private static Var part(Var all, long from, long... shape) {
    return Plan.operation(null, shape, List.of(all), () -> partNow(all, from, shape));
  }

  private static Var partNow(Var all, long from, long... shape) {
    INDArray value = Shapes.view(all.value(), from, shape);
    return Var.result(
        value,
        List.of(all),
        (g, sink) ->
            sink.add(
                all,
                () -> {
                  INDArray full = Arena.allocate(all.shape());
                  long to = from + value.length();
                  zero(full, 0, from);
                  Detached.copy(g, Shapes.view(full, from, shape));
                  zero(full, to, full.length());
                  return full;
                }));
  }

  private static void zero(INDArray vector, long from, long to) {
    if (from < to) {
      Detached.fill(Shapes.view(vector, from, new long[] {to - from}), 0);
    }
  }

  private static List<Var> inputs(
      List<InputTerm> input, Var hidden, @Nullable Var state, List<AffineTerm> terms) {
    Stream<Var> all =
        Stream.of(
                Stream.of(hidden, state),
                input.stream().flatMap(term -> Stream.of(term.product(), term.bias())),
                terms.stream().flatMap(term -> Stream.of(term.kernel(), term.bias())))
            .flatMap(vars -> vars);
    return all.filter(Objects::nonNull).toList();
  }

  private static void requireShapes(
      RecurrentCell cell,
      List<InputTerm> input,
      Var hidden,
      @Nullable Var state,
      List<AffineTerm> terms) {
    requireStates(cell, input, hidden, state);
    Require.argument(!Require.elements(terms, "terms").isEmpty(), "terms must not be empty");
    long examples = hidden.size(0);
    long units = hidden.size(1);
    long gates = cell.gates() * units;
    for (AffineTerm term : terms) {
      requireShape("kernel", term.kernel().shape(), gates, units);
      requireBias(term.bias(), term.outputFactors(), examples, gates);
      if (term.inputFactors() != null) {
        requireShape("inputFactors", term.inputFactors().shape(), examples, units);
      }
    }
  }

  private static void requireStates(
      RecurrentCell cell, List<InputTerm> input, Var hidden, @Nullable Var state) {
    Require.nonNull(cell, "cell");
    Require.argument(!Require.elements(input, "input").isEmpty(), "input must not be empty");
    Require.open(hidden, "hidden");
    Require.openIfGiven(state, "state");
    Shapes.requireRank("input", input.get(0).product(), 3);
    Shapes.requireRank("hidden", hidden, 2);
    long examples = input.get(0).product().size(0);
    long steps = input.get(0).product().size(1);
    long units = hidden.size(1);
    long gates = cell.gates() * units;
    for (InputTerm term : input) {
      requireShape("input", term.product().shape(), examples, steps, gates);
      requireBias(term.bias(), term.outputFactors(), examples, gates);
    }
    requireShape("hidden", hidden.shape(), examples, units);
    Require.argument(
        cell.hasCell() == (state != null),
        "state must be %s for %s",
        cell.hasCell() ? "given" : "null",
        cell);
    if (state != null) {
      requireShape("state", state.shape(), examples, units);
    }
  }

  private static void requireBias(
      @Nullable Var bias, @Nullable INDArray outputFactors, long examples, long gates) {
    if (bias != null) {
      requireShape("bias", bias.shape(), gates);
    }
    if (outputFactors != null) {
      requireShape("outputFactors", outputFactors.shape(), examples, gates);
    }
  }

  private static void requireShape(String name, long[] actual, long... shape) {
    Require.argument(
        Arrays.equals(actual, shape),
        "%s must have shape %s, got %s",
        name,
        Require.text(shape),
        Require.text(actual));
  }
}
