package io.bayes4j.layers.optim;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import java.util.Collection;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The length of all gradients taken as one vector, by which they are clipped (Pascanu et al. 2013).
 */
public final class GradientNorm {
  private GradientNorm() {}

  /**
   * Euclidean norm over all parameters that the loss depends on; not finite if any gradient is not.
   */
  public static double of(Gradients gradients, Collection<Parameter> parameters) {
    double squares = 0;
    for (Parameter parameter : parameters) {
      if (gradients.reaches(parameter.var())) {
        squares += squares(gradients.get(parameter));
      }
    }
    return Math.sqrt(squares);
  }

  /**
   * The factor that brings a norm down to a greatest one; 1 if it is not above it.
   *
   * @throws IllegalArgumentException if greatest is not above zero
   */
  public static double clip(double norm, double greatest) {
    Require.argument(greatest > 0, "greatest norm must be > 0, got %s", greatest);
    return norm > greatest ? greatest / norm : 1;
  }

  private static double squares(INDArray gradient) {
    return FloatMemory.of(gradient, "gradient")
        .sum(
            (chunk, n) -> {
              double sum = 0;
              for (int i = 0; i < n; i++) {
                sum += (double) chunk[i] * chunk[i];
              }
              return sum;
            });
  }
}
