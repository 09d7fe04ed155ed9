package io.bayes4j.layers;

import java.util.List;
import java.util.function.BiFunction;

/**
 * A layer made of others that tells in which order they work, so that values of another kind than
 * arrays can go the same way, such as shapes, or means and variances.
 */
public interface Foldable extends Layer {
  /**
   * Values of another kind through the layers, in their order.
   *
   * @param given one for each input
   * @param each what a layer makes of the values that it reads; sums are {@link Arithmetic#ADD} and
   *     activations {@link Activation}s, also where the layer computes them by itself
   * @return the value of the output
   * @throws IllegalArgumentException if there is not one value for each input
   */
  <T> T fold(List<T> given, BiFunction<? super Layer, ? super List<T>, ? extends T> each);
}
