package io.bayes4j.spark;

import io.bayes4j.layers.Layer;

/**
 * Makes the network that a checkpoint belongs to: how an executor knows what to load the weights
 * into.
 *
 * <p>Implementations are public classes with a public constructor without arguments, in a jar that
 * driver and executors have ({@code --jars}). Pipelines store the name of the class, never an
 * object of it.
 *
 * <pre>{@code
 * public final class DigitNetwork implements NetworkFactory {
 *   public Layer create() {
 *     return Zoo.mnistCnn(LayerFactory.variational(Estimator.FLIPOUT, spec, Init.seeded(0)));
 *   }
 * }
 * }</pre>
 */
@FunctionalInterface
public interface NetworkFactory {
  /** A new network; its weights are overwritten by those of the checkpoint. */
  Layer create();
}
