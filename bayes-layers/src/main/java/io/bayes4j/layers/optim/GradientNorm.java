package io.bayes4j.layers.optim;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.JoinedLoop;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The length of all gradients taken as one vector, by which they are clipped (Pascanu et al. 2013).
 */
public final class GradientNorm {
  private GradientNorm() {}

  /**
   * Euclidean norm over all parameters that the loss depends on; not finite if any gradient is not.
   */
  public static double of(Gradients gradients, Collection<Parameter> parameters) {
    Require.nonNull(gradients, "gradients");
    Require.elements(parameters, "parameters");
    JoinedLoop loop = new JoinedLoop();
    List<double[]> squares = new ArrayList<>();
    for (Parameter parameter : parameters) {
      if (gradients.reaches(parameter.var())) {
        squares.add(addTo(loop, FloatMemory.of(gradients.get(parameter), "gradient")));
      }
    }
    loop.run();
    return Math.sqrt(squares.stream().flatMapToDouble(Arrays::stream).sum());
  }

  /** Where the loop puts the sum of squares of each chunk. */
  private static double[] addTo(JoinedLoop loop, FloatMemory gradient) {
    long chunks = (gradient.length() + Scratch.SIZE - 1) / Scratch.SIZE;
    double[] partial = new double[Math.toIntExact(chunks)];
    loop.add(
        gradient.length(),
        Scratch.SIZE,
        (from, to) -> partial[(int) (from / Scratch.SIZE)] = squares(gradient, from, to));
    return partial;
  }

  private static double squares(FloatMemory gradient, long from, long to) {
    try (Scratch scratch = Scratch.open()) {
      float[] chunk = scratch.array();
      int n = (int) (to - from);
      gradient.read(from, chunk, n);
      return squares(chunk, n);
    }
  }

  /** Four sums, since additions wait for each other. */
  private static double squares(float[] chunk, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      a += (double) chunk[i] * chunk[i];
      b += (double) chunk[i + 1] * chunk[i + 1];
      c += (double) chunk[i + 2] * chunk[i + 2];
      d += (double) chunk[i + 3] * chunk[i + 3];
    }
    for (; i < n; i++) {
      a += (double) chunk[i] * chunk[i];
    }
    return a + b + (c + d);
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
}
