package io.bayes4j.core.testing;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The kernels along the channel axis as their definitions read, in double precision. */
public final class NaiveChannels {
  private NaiveChannels() {}

  /**
   * Batch normalisation.
   *
   * @param y output, row-major
   * @param mean of each channel
   * @param variance of each channel, divided by the number of elements
   */
  @SuppressWarnings("ArrayRecordComponent") // Only read, by tests.
  public record Normalized(double[] y, double[] mean, double[] variance) {}

  /**
   * Gradients of batch normalisation.
   *
   * @param x with respect to the input, row-major
   * @param scale with respect to the scale
   * @param shift with respect to the shift
   */
  @SuppressWarnings("ArrayRecordComponent") // Only read, by tests.
  public record NormalizedGradients(double[] x, double[] scale, double[] shift) {}

  /** The channel of a row-major position. */
  static int channel(INDArray x, int position) {
    long inner = x.length() / (x.size(0) * x.size(1));
    return (int) (position / inner % x.size(1));
  }

  /** Sum over all axes but 1. */
  public static double[] sum(INDArray x) {
    return sum(x, Doubles.of(x));
  }

  private static double[] sum(INDArray shaped, double[] terms) {
    double[] sums = new double[(int) shaped.size(1)];
    for (int i = 0; i < terms.length; i++) {
      sums[channel(shaped, i)] += terms[i];
    }
    return sums;
  }

  private static double[] mean(INDArray shaped, double[] terms) {
    double[] mean = sum(shaped, terms);
    for (int c = 0; c < mean.length; c++) {
      mean[c] /= (double) terms.length / mean.length;
    }
    return mean;
  }

  /** x * scale + shift; a null scale is one, a null shift zero. */
  public static double[] affine(INDArray x, INDArray scale, INDArray shift) {
    double[] y = Doubles.of(x);
    double[] a = scale == null ? null : Doubles.of(scale);
    double[] b = shift == null ? null : Doubles.of(shift);
    for (int i = 0; i < y.length; i++) {
      int c = channel(x, i);
      y[i] = y[i] * (a == null ? 1 : a[c]) + (b == null ? 0 : b[c]);
    }
    return y;
  }

  /** x * factors [N, C]. */
  public static double[] scale(INDArray x, INDArray factors) {
    double[] y = Doubles.of(x);
    double[] f = Doubles.of(factors);
    int inner = y.length / f.length;
    for (int i = 0; i < y.length; i++) {
      y[i] *= f[i / inner];
    }
    return y;
  }

  /** Batch normalisation over all axes but 1, with the variance about the mean. */
  public static Normalized batchNorm(INDArray x, INDArray scale, INDArray shift, double epsilon) {
    double[] y = Doubles.of(x);
    double[] mean = mean(x, y);
    double[] squares = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      y[i] -= mean[channel(x, i)];
      squares[i] = y[i] * y[i];
    }
    double[] variance = mean(x, squares);
    for (int i = 0; i < y.length; i++) {
      int c = channel(x, i);
      y[i] = y[i] / Math.sqrt(variance[c] + epsilon) * scale.getDouble(c) + shift.getDouble(c);
    }
    return new Normalized(y, mean, variance);
  }

  /** Gradients of {@link #batchNorm}, by the chain rule through mean and variance. */
  public static NormalizedGradients batchNormBackward(
      INDArray x, INDArray gradY, INDArray scale, double epsilon) {
    double[] g = Doubles.of(gradY);
    Normalized forward = batchNorm(x, scale.ulike().assign(1), scale.ulike().assign(0), epsilon);
    double[] xhat = forward.y;
    double[] products = new double[g.length];
    for (int i = 0; i < g.length; i++) {
      products[i] = g[i] * xhat[i];
    }
    double[] meanG = mean(x, g);
    double[] meanProduct = mean(x, products);
    double[] gradX = new double[g.length];
    for (int i = 0; i < g.length; i++) {
      int c = channel(x, i);
      double slope = scale.getDouble(c) / Math.sqrt(forward.variance[c] + epsilon);
      gradX[i] = slope * (g[i] - meanG[c] - xhat[i] * meanProduct[c]);
    }
    return new NormalizedGradients(gradX, sum(x, products), sum(x, g));
  }
}
