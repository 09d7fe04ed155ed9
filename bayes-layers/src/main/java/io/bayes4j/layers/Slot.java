package io.bayes4j.layers;

import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;

/**
 * A named place in a {@link Block} that holds a child, so that conversion can put another layer
 * there.
 *
 * @param <T> what the block needs the child to be
 */
public final class Slot<T extends Layer> {
  private final String name;
  private final Class<T> type;
  private volatile T layer;

  Slot(String name, Class<T> type, T layer) {
    Require.argument(
        !name.isEmpty() && name.indexOf('.') < 0,
        "slot name must be a non-empty word without dots, got \"%s\"",
        name);
    this.name = name;
    this.type = type;
    this.layer = layer;
  }

  /** The name, unique in its block. */
  public String name() {
    return name;
  }

  /** The child; in a {@link Snapshot}, that of then. */
  public T layer() {
    return Snapshot.now(this, layer);
  }

  /** Whether a layer is of the type that the block needs. */
  public boolean accepts(Layer replacement) {
    Require.nonNull(replacement, "replacement");
    return type.isInstance(replacement);
  }

  /**
   * Puts another child here.
   *
   * @throws IllegalArgumentException if it is not of the type that the block needs
   */
  public void replace(Layer replacement) {
    Require.nonNull(replacement, "replacement");
    Require.argument(
        accepts(replacement),
        "slot %s needs a %s, got a %s",
        name,
        type.getSimpleName(),
        replacement.getClass().getSimpleName());
    layer = type.cast(replacement);
  }

  /** The child's output; the pass learns the child's path. */
  public Var forward(Var x, Pass pass) {
    Require.nonNull(pass, "pass");
    return pass.at(name).run(layer(), x);
  }
}
