package io.bayes4j.core.internal;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checked copies of weights of examples or classes. */
public final class CheckedWeights {
  private CheckedWeights() {}

  /**
   * Weights as floats.
   *
   * @throws IllegalArgumentException if there are none, or one is negative or not finite
   */
  public static float[] floats(String name, double... weights) {
    Require.argument(weights != null && weights.length > 0, "%s must not be empty", name);
    float[] floats = new float[weights.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) weights[i];
      Require.argument(
          floats[i] >= 0 && Float.isFinite(floats[i]),
          "%s[%d] must be finite and >= 0, got %s",
          name,
          i,
          weights[i]);
    }
    return floats;
  }

  /**
   * One weight for each example; null for ones, which null stands for.
   *
   * @throws IllegalArgumentException if they are not [examples], or one is negative or not finite
   */
  public static float @Nullable [] ofExamples(@Nullable INDArray weights, long examples) {
    if (weights == null) {
      return null;
    }
    Require.open(weights, "weights");
    Require.argument(
        weights.rank() == 1 && weights.length() == examples,
        "weights must be [%d], one for each example, got shape %s",
        examples,
        Require.text(weights.shape()));
    return floats("weights", Detached.copy(weights).data().asDouble());
  }
}
