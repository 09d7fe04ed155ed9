package io.bayes4j.spark;

import java.util.Arrays;

/**
 * A factor of Gaussian form for each weight, by its natural parameters: the precision, and the
 * precision times the mean. Products of densities are sums of these; a factor that says nothing has
 * zeros.
 */
final class Gaussians {
  private final double[] precision;
  private final double[] shift;

  Gaussians(double[] precision, double[] shift) {
    this.precision = precision;
    this.shift = shift;
  }

  static Gaussians nothing(int length) {
    return new Gaussians(new double[length], new double[length]);
  }

  static Gaussians of(float[] mean, float[] sigma) {
    double[] precision = new double[mean.length];
    double[] shift = new double[mean.length];
    for (int i = 0; i < precision.length; i++) {
      precision[i] = 1 / ((double) sigma[i] * sigma[i]);
      shift[i] = precision[i] * mean[i];
    }
    return new Gaussians(precision, shift);
  }

  int length() {
    return precision.length;
  }

  /** The numbers themselves. */
  double[] precision() {
    return precision;
  }

  /** The numbers themselves. */
  double[] shift() {
    return shift;
  }

  /** This times another factor to some power; minus one divides. */
  Gaussians times(Gaussians other, double power) {
    double[] p = precision.clone();
    double[] s = shift.clone();
    for (int i = 0; i < p.length; i++) {
      p[i] += power * other.precision[i];
      s[i] += power * other.shift[i];
    }
    return new Gaussians(p, s);
  }

  /**
   * What a part adds to a prior if its posterior is this: this over the prior. Where noise of the
   * training made the part less sure than the prior, it adds no precision but keeps its mean.
   */
  Gaussians over(Gaussians prior) {
    Gaussians site = times(prior, -1);
    for (int i = 0; i < precision.length; i++) {
      if (site.precision[i] < 0) {
        site.precision[i] = 0;
        site.shift[i] = shift[i] / precision[i] * prior.precision[i] - prior.shift[i];
      }
    }
    return site;
  }

  /** The means; precisions must be above zero. */
  float[] means() {
    float[] means = new float[precision.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = (float) (shift[i] / precision[i]);
    }
    return means;
  }

  /** The standard deviations; precisions must be above zero. */
  float[] sigmas() {
    float[] sigmas = new float[precision.length];
    for (int i = 0; i < sigmas.length; i++) {
      sigmas[i] = (float) (1 / Math.sqrt(precision[i]));
    }
    return sigmas;
  }

  @Override
  public String toString() {
    return "Gaussians(" + Arrays.toString(precision) + ", " + Arrays.toString(shift) + ")";
  }
}
