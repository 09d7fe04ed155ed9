package io.bayes4j.layers.predict;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.core.uncertainty.IntervalScores;
import io.bayes4j.core.uncertainty.RegressionUncertainty;
import io.bayes4j.layers.Standardizer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Predicted Gaussians of a batch under many draws of the weights.
 *
 * <p>Where every place of an example has numbers of its own, shapes below end in the places, such
 * as [N, D, H, W].
 *
 * @param means mean of every draw, [samples, N, D], or [samples, N, D, places...]
 * @param variances variance of the observation noise in every draw, in the same shape
 * @param dependentDraws how many draws in a row depend on each other: 2 for antithetic pairs, 1 for
 *     independent draws
 */
@CheckReturnValue
public record RegressionPrediction(INDArray means, INDArray variances, int dependentDraws) {
  /**
   * Checks the arrays.
   *
   * @throws IllegalArgumentException if one is no float array [samples, N, D], a number is not
   *     finite, their shapes differ, or the draws that depend on each other do not divide all
   */
  public RegressionPrediction {
    requireDraws("means", means);
    requireDraws("variances", variances);
    Require.argument(
        means.equalShapes(variances),
        "means and variances must have one shape, got %s and %s",
        Require.text(means.shape()),
        Require.text(variances.shape()));
    Require.argument(
        dependentDraws >= 1 && means.size(0) % dependentDraws == 0,
        "dependentDraws must be >= 1 and divide the number of draws (=%d), got %d",
        means.size(0),
        dependentDraws);
  }

  /**
   * Of independent draws.
   *
   * @throws IllegalArgumentException as {@link #RegressionPrediction(INDArray, INDArray, int)}
   */
  public RegressionPrediction(INDArray means, INDArray variances) {
    this(means, variances, 1);
  }

  private static void requireDraws(String name, INDArray array) {
    Require.open(array, name);
    Require.argument(
        array.dataType() == DataType.FLOAT && array.rank() >= 3 && !array.isEmpty(),
        "%s must be a float array [samples, N, D, ...], got %s of shape %s",
        name,
        array.dataType(),
        Require.text(array.shape()));
    Finite.require(name, array);
  }

  /** How many draws there are. */
  public int draws() {
    return Math.toIntExact(means.size(0));
  }

  /**
   * Monte-Carlo standard error of each mean averaged over the draws, [N, D]: how far another set of
   * as many draws would lead, standard deviation over the root of their number, of the means of
   * pairs where draws are antithetic; NaN for one draw or pair.
   */
  public INDArray standardError() {
    return MeanErrors.of(means, dependentDraws);
  }

  /** Mean over the draws, [N, D]: the prediction. */
  public INDArray mean() {
    return placed(RegressionUncertainty.predictiveMean(flat(means)));
  }

  /** What the model does not know: variance of the means over the draws, [N, D]. */
  public INDArray epistemicVariance() {
    return placed(RegressionUncertainty.epistemicVariance(flat(means)));
  }

  /** What cannot be known: mean of the variances, [N, D]. */
  public INDArray aleatoricVariance() {
    return placed(RegressionUncertainty.aleatoricVariance(flat(variances)));
  }

  /** Sum of both, [N, D]. */
  public INDArray totalVariance() {
    return placed(RegressionUncertainty.totalVariance(flat(means), flat(variances)));
  }

  /** Root of the total variance, [N, D], in the targets' unit. */
  public INDArray standardDeviation() {
    return Elementwise.map(
        totalVariance(),
        (variance, out, n) -> {
          for (int i = 0; i < n; i++) {
            out[i] = (float) Math.sqrt(variance[i]);
          }
        });
  }

  /** The value that a share q, in (0, 1), of the predicted mixture lies below, [N, D]. */
  public INDArray quantile(double q) {
    return placed(RegressionUncertainty.quantile(flat(means), flat(variances), q));
  }

  /**
   * The central interval that holds a share, in (0, 1), of the predicted mixture: where a target is
   * expected, the noise of the observation included.
   */
  public CredibleInterval interval(double level) {
    CredibleInterval flat = RegressionUncertainty.interval(flat(means), flat(variances), level);
    return new CredibleInterval(placed(flat.lower()), placed(flat.upper()));
  }

  /**
   * Negative log-likelihood of targets [N, D] under the mixture of the draws, nats per example: of
   * all its numbers and places together.
   */
  public double negativeLogLikelihood(INDArray targets) {
    return RegressionUncertainty.mixtureNll(flat(means), flat(variances), flatTargets(targets));
  }

  /**
   * The share of targets [N, D] that lie in their {@link #interval}, from the mixture's quantiles:
   * of an honest model about the level.
   *
   * @param level in (0, 1)
   * @throws IllegalArgumentException if the level or the targets do not fit
   */
  public double coverage(INDArray targets, double level) {
    return intervalScores(targets, level).coverage();
  }

  /**
   * Coverage, width and interval score of the {@link #interval} of a level on targets [N, D].
   *
   * @param level in (0, 1)
   * @throws IllegalArgumentException if the level or the targets do not fit
   */
  public IntervalScores intervalScores(INDArray targets, double level) {
    return RegressionUncertainty.intervalScores(
        flat(means), flat(variances), flatTargets(targets), level);
  }

  /** Mean width of the {@link #interval} of a level, in the targets' unit. */
  public double width(double level) {
    CredibleInterval interval = interval(level);
    return Detached.mean(Detached.sub(interval.upper(), interval.lower()));
  }

  /**
   * Sharpness: the mean of the standard deviations, in the targets' unit. Of two models with the
   * right coverage the sharper one says more (Gneiting, Balabdaoui and Raftery 2007).
   */
  public double sharpness() {
    return Detached.mean(standardDeviation());
  }

  /** Root of the mean squared distance of targets [N, D] from the mean. */
  public double rootMeanSquaredError(INDArray targets) {
    INDArray error = Detached.sub(flatTargets(targets), flatTargets(mean()));
    return Math.sqrt(Detached.mean(Detached.mul(error, error)));
  }

  /**
   * The same predictions in the unit that the targets had before they were standardized: means
   * times scale plus mean, variances times the scale squared. The log-likelihood of targets in that
   * unit then is right by itself: it is that of the standardized ones less the sum of log scale.
   *
   * @param targets what the targets of the training were standardized with
   * @throws IllegalArgumentException if it has another number of outputs
   */
  public RegressionPrediction unstandardized(Standardizer targets) {
    Require.argument(targets != null, "targets must not be null");
    int axis = targets.axis() + 1;
    return new RegressionPrediction(
        targets.invert(means, axis), targets.invertVariance(variances, axis), dependentDraws);
  }

  /** [samples, N, D * places]: outputs and places are independent in each draw. */
  private static INDArray flat(INDArray all) {
    return all.rank() <= 3 ? all : Detached.reshape(all, all.size(0), all.size(1), -1);
  }

  private INDArray placed(INDArray flat) {
    return means.rank() <= 3
        ? flat
        : Detached.reshape(flat, Arrays.copyOfRange(means.shape(), 1, means.rank()));
  }

  private INDArray flatTargets(INDArray targets) {
    Require.open(targets, "targets");
    Require.argument(
        targets.dataType() == DataType.FLOAT && !targets.isEmpty(),
        "targets must be a non-empty float array, got %s of shape %s",
        targets.dataType(),
        Require.text(targets.shape()));
    Finite.require("targets", targets);
    long[] shape = Arrays.copyOfRange(means.shape(), 1, means.rank());
    Require.argument(
        Arrays.equals(targets.shape(), shape),
        "targets must have shape %s, got %s",
        Require.text(shape),
        Require.text(targets.shape()));
    return shape.length <= 2
        ? targets
        : Detached.reshape(Detached.copy(targets), targets.size(0), -1);
  }
}
