package io.bayes4j.layers.predict;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.GridSearch;
import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One factor for the standard deviations of a regression, fitted on held-out examples: what a
 * temperature is for classes (Levi et al. 2022, "Evaluating and Calibrating Uncertainty Prediction
 * in Regression Tasks").
 *
 * <p>A predicted distribution is stretched about its mean: the means of the draws move away from
 * their average by the factor, and so do the noise's deviations. The prediction itself, and what
 * part of its variance is epistemic, stay.
 *
 * <pre>{@code
 * SpreadScaling scaling = SpreadScaling.fit(model.regress(heldOut), targets);
 * RegressionPrediction prediction = scaling.apply(model.regress(x));
 * }</pre>
 *
 * @param factor above 1 if the model was too sure of itself, below 1 if it was too careful
 */
@CheckReturnValue
public record SpreadScaling(double factor) {
  /** Factors from e^-5 to e^5 are looked at, first in steps of e^(1/4). */
  private static final double MOST = 5;

  private static final int GRID = 41;

  /**
   * Checks the factor.
   *
   * @throws IllegalArgumentException if it is not finite and above zero, as a float with its square
   */
  public SpreadScaling {
    Require.positiveAsFloat(factor, "factor");
    Require.argument(
        (float) (factor * factor) > 0 && Float.isFinite((float) (factor * factor)),
        "factor must have a square that is finite and above zero as a float, got %s",
        factor);
  }

  /**
   * The factor between 1/148 and 148 by which held-out targets are most probable.
   *
   * @param heldOut predictions of examples that the model did not learn from
   * @param targets their targets [N, D], as {@link RegressionPrediction#negativeLogLikelihood}
   *     takes them
   * @throws IllegalArgumentException if the targets do not fit, or a variance of the noise is zero:
   *     no target is probable then
   */
  public static SpreadScaling fit(RegressionPrediction heldOut, INDArray targets) {
    Require.nonNull(heldOut, "heldOut");
    for (float variance : FloatMemory.numbers(heldOut.variances(), "heldOut")) {
      Require.argument(
          variance > 0, "heldOut must have variances of the noise above zero, got %s", variance);
    }
    double logarithm =
        GridSearch.greatest(
            log -> -new SpreadScaling(Math.exp(log)).apply(heldOut).negativeLogLikelihood(targets),
            -MOST,
            MOST,
            GRID);
    return new SpreadScaling(Math.exp(logarithm));
  }

  /** The same predictions with their distributions stretched. */
  public RegressionPrediction apply(RegressionPrediction prediction) {
    Require.nonNull(prediction, "prediction");
    float[] means = FloatMemory.numbers(prediction.means(), "means");
    float[] variances = FloatMemory.numbers(prediction.variances(), "variances");
    int draws = prediction.draws();
    int each = means.length / draws;
    for (int i = 0; i < each; i++) {
      double mean = 0;
      for (int s = 0; s < draws; s++) {
        mean += means[s * each + i] / (double) draws;
      }
      for (int s = 0; s < draws; s++) {
        int at = s * each + i;
        means[at] = (float) (mean + factor * (means[at] - mean));
        variances[at] = (float) (factor * factor * variances[at]);
      }
    }
    long[] shape = prediction.means().shape();
    return new RegressionPrediction(
        Detached.of(means, shape), Detached.of(variances, shape), prediction.dependentDraws());
  }
}
