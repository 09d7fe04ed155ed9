package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gaussians of the features of each class, such as the inputs of a network's last layer, and how
 * unlikely they make an example: a score for {@link OutOfDistribution} that needs one network.
 *
 * <p>Features are float32 [batch, features], finite. All functions throw {@link
 * IllegalArgumentException} if they are not. Means and covariances are those of the maximum
 * likelihood, divided by the number of examples. A covariance that has no Cholesky factor, because
 * a feature never changes or examples are fewer than features, gets the least of 1e-12, 1e-11, ...
 * 1 times its mean variance added to the diagonal that gives it one; DDU's authors add from 1e-14
 * on, whatever the features' scale.
 */
public final class FeatureDensity {
  private final boolean likelihood;
  private final List<Gaussian> gaussians;

  private FeatureDensity(boolean likelihood, List<Gaussian> gaussians) {
    this.likelihood = likelihood;
    this.gaussians = gaussians;
  }

  /** A class that has examples. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Gaussian(double logWeight, double[] mean, CholeskyFactor factor) {
    double squaredDistance(float[] all, int row) {
      double[] difference = new double[mean.length];
      for (int j = 0; j < difference.length; j++) {
        difference[j] = all[row * mean.length + j] - mean[j];
      }
      return factor.squaredNorm(difference);
    }
  }

  /**
   * Classes with one covariance, and as score the squared Mahalanobis distance from the nearest
   * class (Lee, Lee, Lee, Shin, "A Simple Unified Framework for Detecting Out-of-Distribution
   * Samples and Adversarial Attacks", 2018).
   *
   * @param features of training examples
   * @param labels the class of each, in [0, classes)
   * @param classes their number; one without examples is nowhere near
   * @throws IllegalArgumentException also if the labels are not one per example and in range
   */
  public static FeatureDensity mahalanobis(INDArray features, int[] labels, int classes) {
    return fit(features, labels, classes, false);
  }

  /**
   * Classes with a covariance each, weighted by their shares, and as score the negative
   * log-density, in nats (Mukhoti, Kirsch, van Amersfoort, Torr, Gal, "Deep Deterministic
   * Uncertainty", 2023).
   *
   * @param features of training examples
   * @param labels the class of each, in [0, classes)
   * @param classes their number; one without examples has no share
   * @throws IllegalArgumentException also if the labels are not one per example and in range
   */
  public static FeatureDensity ddu(INDArray features, int[] labels, int classes) {
    return fit(features, labels, classes, true);
  }

  private static FeatureDensity fit(INDArray features, int[] labels, int classes, boolean ddu) {
    Require.positive((long) classes, "classes");
    float[] all = copy(features);
    int batch = (int) features.size(0);
    Tensors.checkLabels(labels, batch, classes);
    List<ClassMoments> moments = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      int label = k;
      if (Arrays.stream(labels).anyMatch(l -> l == label)) {
        moments.add(new ClassMoments(all, labels, label));
      }
    }
    List<Gaussian> gaussians = new ArrayList<>();
    CholeskyFactor shared = ddu ? null : ClassMoments.shared(moments).factor();
    for (ClassMoments own : moments) {
      double logWeight = Math.log(own.count() / (double) batch);
      gaussians.add(new Gaussian(logWeight, own.mean(), shared == null ? own.factor() : shared));
    }
    return new FeatureDensity(ddu, gaussians);
  }

  /**
   * How far out each example is, [batch], higher is further.
   *
   * @throws IllegalArgumentException also if there is another number of features
   */
  public INDArray scores(INDArray features) {
    float[] all = copy(features);
    int width = gaussians.get(0).mean().length;
    Require.argument(
        features.size(1) == width,
        "features must be as many as those fitted (%d), got %d",
        width,
        features.size(1));
    double[] scores = new double[all.length / width];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = likelihood ? negativeLogDensity(all, i) : nearest(all, i);
    }
    return Tensors.array(scores, scores.length);
  }

  private double nearest(float[] all, int row) {
    double least = Double.POSITIVE_INFINITY;
    for (Gaussian gaussian : gaussians) {
      least = Math.min(least, gaussian.squaredDistance(all, row));
    }
    return least;
  }

  private double negativeLogDensity(float[] all, int row) {
    double[] logs = new double[gaussians.size()];
    for (int k = 0; k < logs.length; k++) {
      Gaussian gaussian = gaussians.get(k);
      double normalizer =
          gaussian.mean().length * Math.log(2 * Math.PI) + gaussian.factor().logDeterminant();
      logs[k] = gaussian.logWeight() - 0.5 * (normalizer + gaussian.squaredDistance(all, row));
    }
    return -RegressionUncertainty.logMeanExp(logs) - Math.log(logs.length);
  }

  private static float[] copy(INDArray features) {
    return Tensors.copyBounded(features, "features", Tensors.BATCH_FEATURES, Tensors.Bound.NONE);
  }
}
