package io.bayes4j.core.graph;

import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Computes gradients of leaves once everything else has been differentiated, so that one loop over
 * all elements does so for all leaves of a model; see {@link Gradients.Sink#atLast}.
 */
public interface DeferredGradient {
  /** Number of elements that {@link #run} handles. */
  long length();

  /** Takes the arrays that the gradients go to; called once, before the loop. */
  void start(Leaves leaves);

  /**
   * Handles elements from ... to - 1; several threads do so at once, on different ones. The ranges
   * are cut at multiples of the same number in every run.
   */
  void run(long from, long to);

  /** Gives back what the rule has kept; called once, after the loop. */
  void end();

  /** Knows the gradients of leaves as far as other rules have added them up. */
  @FunctionalInterface
  interface Leaves {
    /**
     * Where the gradient of a leaf goes; empty if it takes none.
     *
     * @param spare a row-major array of the leaf's shape that may become the target, which {@link
     *     DeferredGradient#run} then writes wholly
     */
    Optional<Target> target(Var leaf, Optional<INDArray> spare);
  }

  /**
   * A row-major array in the shape of a leaf.
   *
   * @param added whether the gradient is to be added to what it holds
   */
  record Target(INDArray array, boolean added) {}
}
