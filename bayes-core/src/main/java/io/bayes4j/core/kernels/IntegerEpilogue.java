package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What becomes of the integer sums of a unit: sum * source.scale * scales[unit] + bias[unit], and
 * what follows.
 *
 * <p>Providers agree in every bit: {@link #factors} times the sum plus {@link #biasInSums}, both
 * operations rounded to floats, then plus the addend, then the ReLU, then the result is rounded to
 * the nearest 8-bit number, ties to even.
 *
 * @param source how the factors on the left are rounded
 * @param scales what a step of each unit's weights is worth
 * @param bias [units], or null for none
 * @param finish what follows
 */
public record IntegerEpilogue(
    Quantum source, List<Float> scales, @Nullable INDArray bias, IntegerFinish finish) {
  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if there is no scale, one is not a normal float above zero, or
   *     the bias is no vector of as many floats
   */
  public IntegerEpilogue {
    Require.nonNull(source, "source");
    Require.nonNull(finish, "finish");
    Require.openIfGiven(bias, "bias");
    scales = List.copyOf(Require.elements(scales, "scales"));
    Require.argument(!scales.isEmpty(), "scales must not be empty");
    Operands.requireVector("bias", bias, scales.size());
    for (float scale : scales) {
      Require.argument(
          scale >= Float.MIN_NORMAL && Float.isFinite(scale),
          "scales must be normal floats above zero, got %s",
          scale);
    }
  }

  /** The same, followed by something else. */
  IntegerEpilogue then(IntegerFinish other) {
    return new IntegerEpilogue(source, scales, bias, other);
  }

  /** What a sum of 1 is worth in each unit. */
  private float[] worths() {
    float[] products = new float[scales.size()];
    for (int i = 0; i < products.length; i++) {
      products[i] = source.scale() * scales.get(i);
    }
    return products;
  }

  /** What sums and bias are multiplied by: to floats, or to steps of the result. */
  public float[] factors() {
    float[] factors = worths();
    Quantum target = finish.target();
    if (target != null && finish.roundsAtOnce()) {
      for (int i = 0; i < factors.length; i++) {
        factors[i] /= target.scale();
      }
    }
    return factors;
  }

  /** The bias in units of the sums, to be added before they are multiplied; null for none. */
  public float @Nullable [] biasInSums() {
    if (bias == null) {
      return null;
    }
    float[] steps = FloatMemory.numbers(bias, "bias");
    float[] worths = worths();
    for (int i = 0; i < steps.length; i++) {
      steps[i] /= worths[i];
    }
    return steps;
  }
}
