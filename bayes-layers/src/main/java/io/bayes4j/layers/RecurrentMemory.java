package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the recurrent layers of a model remember from one part of a sequence to the next: a pass
 * with it starts each of them where the last part has left it, and from zeros in the first.
 *
 * <p>A layer that is called several times in a pass has a state for each call. States are copies,
 * without a gradient. It belongs to one thread.
 */
public final class RecurrentMemory {
  private final IdentityHashMap<Recurrent, List<RecurrentState>> states = new IdentityHashMap<>();
  private final IdentityHashMap<Recurrent, Integer> calls = new IdentityHashMap<>();

  /** Remembers nothing yet. */
  public RecurrentMemory() {
    // Nothing to start with.
  }

  /**
   * The same draw of the weights for the next part of a sequence: recurrent layers that are called
   * without a state start where the last pass with this memory has left them.
   *
   * <pre>{@code
   * Pass draw = Pass.sample(noise);
   * RecurrentMemory memory = new RecurrentMemory();
   * for (Var part : parts) {
   *   Var y = memory.next(draw).run(model, part);
   * }
   * }</pre>
   */
  public Pass next(Pass draw) {
    Require.nonNull(draw, "draw");
    calls.clear();
    return draw.remembering(this);
  }

  /** Whether a layer has run. */
  public boolean isEmpty() {
    return states.isEmpty();
  }

  /** Runs a layer from where it was. */
  RecurrentOutput run(Recurrent layer, Var x, @Nullable SequenceLengths lengths, Pass pass) {
    int call = calls.merge(layer, 1, Integer::sum) - 1;
    List<RecurrentState> own = states.computeIfAbsent(layer, unknown -> new ArrayList<>());
    RecurrentState initial = call < own.size() ? own.get(call) : layer.op().zeros(x.size(0));
    RecurrentOutput output = layer.run(x, initial, lengths, pass);
    Var cell = output.last().cell();
    RecurrentState last =
        new RecurrentState(copy(output.last().hidden()), cell == null ? null : copy(cell));
    if (call < own.size()) {
      own.set(call, last);
    } else {
      own.add(last);
    }
    return output;
  }

  /** A copy that outlives the scope of the pass's arrays. */
  private static Var copy(Var state) {
    INDArray value = state.value();
    return Var.constant(Detached.copy(value));
  }
}
