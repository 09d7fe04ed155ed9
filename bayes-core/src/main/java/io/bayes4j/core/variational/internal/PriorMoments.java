package io.bayes4j.core.variational.internal;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The mean and the standard deviation of a Gaussian prior, each either one number for all elements
 * or an array with one number per element.
 *
 * <p>Arrays are not copied.
 */
public final class PriorMoments {
  private final Moment mean;
  private final Moment sigma;

  private PriorMoments(Moment mean, Moment sigma) {
    this.mean = mean;
    this.sigma = sigma;
  }

  /**
   * Returns the same Gaussian for all elements.
   *
   * @throws IllegalArgumentException if the mean is not finite or sigma not finite and positive
   */
  public static PriorMoments of(double mean, double sigma) {
    return new PriorMoments(mean(mean), sigma(sigma));
  }

  /**
   * Returns a mean per element and one standard deviation for all.
   *
   * @throws IllegalArgumentException if the mean is not a dense float array in 'c' order, or sigma
   *     not finite and positive
   */
  public static PriorMoments of(INDArray mean, double sigma) {
    return new PriorMoments(new Moment(0, FloatMemory.of(mean, "prior mean")), sigma(sigma));
  }

  /**
   * Returns one mean for all elements and a standard deviation per element.
   *
   * @param sigma all elements must be finite and positive; they are not checked
   * @throws IllegalArgumentException if the mean is not finite, or sigma not a dense float array in
   *     'c' order
   */
  public static PriorMoments of(double mean, INDArray sigma) {
    return new PriorMoments(mean(mean), new Moment(0, FloatMemory.of(sigma, "prior sigma")));
  }

  /**
   * Returns a Gaussian per element.
   *
   * @param sigma all elements must be finite and positive; they are not checked
   * @throws IllegalArgumentException if an array is not a dense float array in 'c' order
   */
  public static PriorMoments of(INDArray mean, INDArray sigma) {
    return new PriorMoments(
        new Moment(0, FloatMemory.of(mean, "prior mean")),
        new Moment(0, FloatMemory.of(sigma, "prior sigma")));
  }

  /** Checks that arrays have the given length. */
  void requireLength(long length) {
    mean.requireLength("prior mean", length);
    sigma.requireLength("prior sigma", length);
  }

  /** Writes the means of elements at ... at + n - 1. */
  void readMean(long at, float[] target, int n) {
    mean.read(at, target, n);
  }

  /** Writes 1 / standard deviation of elements at ... at + n - 1. */
  void readPrecision(long at, float[] target, int n) {
    if (sigma.array == null) {
      Arrays.fill(target, 0, n, 1f / sigma.number);
      return;
    }
    sigma.read(at, target, n);
    for (int i = 0; i < n; i++) {
      target[i] = 1f / target[i];
    }
  }

  private static Moment mean(double value) {
    Require.argument(
        Float.isFinite((float) value), "prior mean must be a finite float, got %s", value);
    return new Moment((float) value, null);
  }

  private static Moment sigma(double value) {
    Require.argument(
        value >= Float.MIN_NORMAL && Float.isFinite((float) value),
        "prior sigma must be a finite float >= %s, got %s",
        Float.MIN_NORMAL,
        value);
    return new Moment((float) value, null);
  }

  /** A number for all elements or, if the array is not null, a number per element. */
  private record Moment(float number, @Nullable FloatMemory array) {
    void requireLength(String name, long length) {
      Require.argument(
          array == null || array.length() == length,
          "%s must have %d elements, as mu, got %d",
          name,
          length,
          array == null ? 1 : array.length());
    }

    void read(long at, float[] target, int n) {
      if (array == null) {
        Arrays.fill(target, 0, n, number);
      } else {
        array.read(at, target, n);
      }
    }
  }
}
