package io.bayes4j.core.internal;

import java.util.Arrays;

/**
 * Softmax of columns of numbers in place: the one loop that all softmaxes of the library run.
 *
 * <p>Every number loses the greatest of its column before it is raised, so that none overflows.
 * Sums are taken as doubles, in the order of the column. Nothing is checked.
 */
public final class SoftmaxColumns {
  private SoftmaxColumns() {}

  /**
   * e^x over its sum.
   *
   * @param at where the column begins
   * @param step from one of its elements to the next
   * @param masked what the elements of a column become that are all minus infinity
   */
  public static void shares(float[] x, int at, int classes, int step, float masked) {
    int end = at + classes * step;
    float greatest = greatest(x, at, end, step);
    if (greatest == Float.NEGATIVE_INFINITY) {
      for (int i = at; i < end; i += step) {
        x[i] = masked;
      }
      return;
    }
    double sum = 0;
    for (int i = at; i < end; i += step) {
      double e = Math.exp(x[i] - greatest);
      sum += e;
      x[i] = (float) e;
    }
    for (int i = at; i < end; i += step) {
      x[i] = (float) (x[i] / sum);
    }
  }

  /**
   * Logarithm of e^x over its sum.
   *
   * @param at where the column begins
   * @param step from one of its elements to the next
   */
  public static void logs(float[] x, int at, int classes, int step) {
    int end = at + classes * step;
    float greatest = greatest(x, at, end, step);
    double sum = 0;
    for (int i = at; i < end; i += step) {
      sum += Math.exp(x[i] - greatest);
    }
    double log = Math.log(sum);
    for (int i = at; i < end; i += step) {
      // Not x - (max + log): a float as large as a logit can be has no room for the logarithm.
      x[i] = (float) (x[i] - greatest - log);
    }
  }

  private static float greatest(float[] x, int at, int end, int step) {
    float greatest = Float.NEGATIVE_INFINITY;
    for (int i = at; i < end; i += step) {
      greatest = Math.max(greatest, x[i]);
    }
    return greatest;
  }

  /**
   * e^x over its sum, of adjacent doubles.
   *
   * @param at where the column begins
   * @return the logarithm of the sum
   */
  public static LogSum shares(double[] x, int at, int classes) {
    double greatest = Arrays.stream(x, at, at + classes).max().orElseThrow();
    double sum = 0;
    for (int i = at; i < at + classes; i++) {
      x[i] = Math.exp(x[i] - greatest);
      sum += x[i];
    }
    for (int i = at; i < at + classes; i++) {
      x[i] /= sum;
    }
    return new LogSum(greatest, Math.log(sum));
  }

  /**
   * Logarithm of a sum of powers of e.
   *
   * @param greatest the greatest exponent
   * @param rest what it is more than that
   */
  public record LogSum(double greatest, double rest) {
    /** How far an exponent lies below it: the logarithm of its share. */
    public double share(double exponent) {
      return exponent - greatest - rest;
    }
  }
}
