package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A layer made of others, each in a named {@link Slot}. Extend it to write a network of your own:
 *
 * <pre>{@code
 * final class Residual extends Block {
 *   private final Slot<Layer> conv = slot("conv", new Conv2d(spec, init));
 *
 *   @Override
 *   public Var forward(Var x, Pass pass) {
 *     return Ops.add(x, Activations.relu(conv.forward(x, pass)));
 *   }
 * }
 * }</pre>
 */
public abstract class Block implements Layer {
  private final List<Slot<?>> slots = new ArrayList<>();

  /** A block without slots; fields fill them. */
  protected Block() {}

  /**
   * Adds a place for any layer.
   *
   * @throws IllegalArgumentException if the name is taken, empty or has a dot
   */
  protected final Slot<Layer> slot(String name, Layer layer) {
    return slot(name, Layer.class, layer);
  }

  /**
   * Adds a place for a layer of a type.
   *
   * @throws IllegalArgumentException if the name is taken, empty or has a dot
   */
  protected final <T extends Layer> Slot<T> slot(String name, Class<T> type, T layer) {
    Require.argument(
        slots.stream().noneMatch(s -> s.name().equals(name)),
        "slot name \"%s\" is taken in %s",
        name,
        getClass().getSimpleName());
    Slot<T> slot = new Slot<>(name, type, layer);
    slots.add(slot);
    return slot;
  }

  /** The layers as a table; see {@link Layers#summary(Layer)}. */
  @Override
  public String toString() {
    return Layers.summary(this);
  }

  @Override
  public final List<Slot<?>> slots() {
    return Collections.unmodifiableList(slots);
  }
}
