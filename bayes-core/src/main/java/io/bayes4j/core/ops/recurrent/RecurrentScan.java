package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.AffineTerm;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link RecurrentCell} run over all steps of a sequence, and back.
 *
 * <p>Examples do not depend on each other: each thread takes some of them through all steps, over
 * heap arrays that stay in its cache, and meets the others only at the end. What does not depend on
 * the step before, the products with the input and the gradients of the weights, is one large
 * product for all steps.
 */
final class RecurrentScan {
  /** Examples that a thread takes at once: enough for a step's product to be worth its call. */
  private static final int GRAIN = 32;

  /** For the operands of a range's products; a scope of the caller's serves its thread alone. */
  private static final ArenaPool ARENAS = new ArenaPool();

  private final ScanShape shape;
  private final List<HiddenTerm> terms;
  private final List<InputRows> inputs;

  /** Of a scan that is recorded, else null. */
  private @Nullable ScanRecord record;

  RecurrentScan(ScanShape shape, List<InputTerm> inputs, List<AffineTerm> terms) {
    this.shape = shape;
    this.inputs = inputs.stream().map(InputRows::of).toList();
    this.terms = terms.stream().map(HiddenTerm::of).toList();
  }

  /** Scans a range of examples. */
  @FunctionalInterface
  private interface Range {
    void scan(int first, int rows);
  }

  private void forExamples(Range range) {
    Parallel.forRange(
        shape.examples(),
        GRAIN,
        (from, to) ->
            ARENAS.scope(
                arena -> {
                  range.scan((int) from, (int) (to - from));
                  return true;
                }));
  }

  /**
   * The hidden states [N, T, units], then the final ones [N, units], then the final cell states [N,
   * units] if there are any: one array after the other, as a vector.
   *
   * @param recorded whether {@link #backward} will follow
   */
  INDArray forward(INDArray hidden, @Nullable INDArray cell, boolean recorded) {
    record = recorded ? new ScanRecord(shape, terms.size()) : null;
    return forward(terms, hidden, cell);
  }

  /** The same, with products of others' making and never recorded. */
  INDArray predict(HiddenProducts products, INDArray hidden, @Nullable INDArray cell) {
    return forward(List.of(products), hidden, cell);
  }

  private INDArray forward(
      List<? extends HiddenProducts> products, INDArray hidden, @Nullable INDArray cell) {
    INDArray result = Arena.allocate(shape.resultLength());
    RecurrentForward.Source source =
        new RecurrentForward.Source(
            shape,
            products,
            inputs,
            memory(hidden),
            cell == null ? null : memory(cell),
            memory(result),
            record);
    forExamples(
        (first, rows) -> {
          try (RecurrentForward range = new RecurrentForward(source, first, rows)) {
            range.run();
          }
        });
    return result;
  }

  /** Gives the sink the gradients of everything, from that of what {@link #forward} returned. */
  void backward(INDArray gradient, Var hidden, @Nullable Var cell, Gradients.Sink sink) {
    ScanRecord kept = Objects.requireNonNull(record);
    ScanGradients gradients = new ScanGradients(shape, terms, inputs);
    RecurrentBackward.Source source =
        new RecurrentBackward.Source(shape, terms, memory(gradient), kept, gradients);
    forExamples(
        (first, rows) -> {
          try (RecurrentBackward range = new RecurrentBackward(source, first, rows)) {
            range.run();
          }
        });
    gradients.pass(kept, hidden, cell, sink);
  }

  private static FloatMemory memory(INDArray array) {
    return FloatMemory.of(Layout.ROW_MAJOR.ensure(array), "array");
  }
}
