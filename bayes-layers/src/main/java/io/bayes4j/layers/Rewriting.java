package io.bayes4j.layers;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layers.Located;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;

/**
 * A change of a network that is planned layer by layer and made at the end, all of it or nothing:
 * what conversion, freezing and quantization have in common.
 *
 * <pre>{@code
 * Rewriting rewriting = Rewriting.of(model);
 * for (Layers.Located place : rewriting.withWeights()) {
 *   Layer other = rewriting.making(place, "converted", () -> counterpart(place.layer()));
 *   if (rewriting.accepts(place, other)) {
 *     rewriting.replace(place, other);
 *   }
 * }
 * Layer changed = rewriting.finish();
 * }</pre>
 */
public final class Rewriting {
  private final Layer model;
  private final List<Located> places;
  private final IdentityHashMap<Layer, List<Slot<?>>> holders;
  private final IdentityHashMap<Layer, Layer> replacements = new IdentityHashMap<>();

  private Rewriting(Layer model) {
    this.model = model;
    this.places = List.copyOf(Layers.of(model));
    this.holders = Layers.holders(model);
  }

  /**
   * A change of a network, of nothing yet.
   *
   * @throws IllegalArgumentException as {@link Layers#of}
   */
  public static Rewriting of(Layer model) {
    return new Rewriting(Require.nonNull(model, "model"));
  }

  /** Every layer once, parents before children, in the order of the slots. */
  public List<Located> places() {
    return places;
  }

  /** The layers that have parameters of their own, each once, in the order of the slots. */
  public List<Located> withWeights() {
    return places.stream().filter(place -> !place.layer().parameters().isEmpty()).toList();
  }

  /**
   * Whether all slots that hold a layer accept another.
   *
   * @throws IllegalStateException if the network does not hold the layer
   */
  public boolean accepts(Located place, Layer other) {
    Require.nonNull(place, "place");
    Require.nonNull(other, "other");
    return Require.entry(holders, place.layer()).stream().allMatch(slot -> slot.accepts(other));
  }

  /**
   * Plans another layer in the place of one.
   *
   * @throws IllegalArgumentException if a slot does not {@linkplain #accepts accept} it
   * @throws IllegalStateException if the network does not hold the layer
   */
  public Rewriting replace(Located place, Layer other) {
    Require.argument(
        accepts(place, other),
        "the slot of layer %s does not accept a %s",
        name(place),
        other.getClass().getSimpleName());
    replacements.put(place.layer(), other);
    return this;
  }

  /**
   * What a piece of work makes of a layer, whose place is named if it refuses.
   *
   * @param done what the layer cannot be if the work throws, such as "converted"
   * @throws IllegalArgumentException if the work does
   */
  public <T> T making(Located place, String done, Supplier<T> work) {
    Require.nonNull(place, "place");
    Require.text(done, "done");
    Require.nonNull(work, "work");
    try {
      return work.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "layer " + name(place) + " cannot be " + done + ": " + e.getMessage(), e);
    }
  }

  /**
   * Makes the change, while nobody predicts with the network.
   *
   * @return the network: the same object if it is a block, whose slots were refilled; another one
   *     if the root itself was replaced
   */
  public Layer finish() {
    return Layers.replace(model, replacements);
  }

  private static String name(Located place) {
    return place.path().isEmpty() ? "(root)" : "\"" + place.path() + "\"";
  }
}
