package io.bayes4j.layers.train;

/**
 * Where the gradients of a step's examples are computed, if not by the trainer itself: on machines
 * that hold them (see {@link PartStep}). The trainer adds the divergence of posterior from prior
 * and takes the step.
 */
@FunctionalInterface
public interface GradientSource {
  /**
   * The mean loss over all examples of a step, and its gradients, where the model stands now.
   *
   * @throws DivergedException if the loss of some examples is not finite
   */
  StepGradients of(StepPlace place);
}
