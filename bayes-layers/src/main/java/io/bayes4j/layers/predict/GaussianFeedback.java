package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.loss.Losses;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A draw from the Gaussian that a step has predicted. */
final class GaussianFeedback {
  private GaussianFeedback() {}

  static INDArray next(Rollout.Step step) {
    INDArray y = step.output();
    Require.argument(
        y.rank() == 2 && y.size(1) % 2 == 0,
        "the model must return [N, 2 D], means and spreads, in each step, got %s",
        Require.text(y.shape()));
    long d = y.size(1) / 2;
    return Gradients.off(
        () -> {
          INDArray mean = Ops.slice(Var.constant(y), 1, 0, d).value();
          INDArray variance = Losses.variance(Ops.slice(Var.constant(y), 1, d, 2 * d)).value();
          return Detached.add(
              mean, Detached.mul(step.noise().normals(mean.shape()), Detached.sqrt(variance)));
        });
  }
}
