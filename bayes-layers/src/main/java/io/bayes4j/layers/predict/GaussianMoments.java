package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.ops.Ops;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Means and variances of independent Gaussians on their way through a network.
 *
 * @param variance null where nothing is uncertain
 */
record GaussianMoments(Var mean, @Nullable Var variance) {
  /** Places and weights of Gauss-Hermite quadrature with nine points, for a standard normal. */
  private static final double[] PLACES = {
    0, 1.02325566378913, 2.07684797867783, 3.20542900285647, 4.51274586339978
  };

  private static final double[] WEIGHTS = {
    0.406349206349206,
    0.244097502894939,
    0.0499164067652178,
    0.00278914132123177,
    2.23458440077466e-5
  };

  private static final double ROOT_OF_TWO_PI = Math.sqrt(2 * Math.PI);

  /** A variance that is as good as none, and above zero. */
  private static final double LEAST = 1e-30;

  /** The same function of mean and variance, where that is right, such as a reshaping. */
  GaussianMoments both(UnaryOperator<Var> function) {
    return new GaussianMoments(
        function.apply(mean), variance == null ? null : function.apply(variance));
  }

  /**
   * max(x, 0): its mean is m P + s p, its second moment (m^2 + v) P + m s p, with density p and
   * probability P of m / s.
   */
  GaussianMoments relu() {
    INDArray m = mean.value();
    INDArray v = Objects.requireNonNull(variance).value();
    INDArray exponent =
        Elementwise.map(
            m,
            v,
            (x, y, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = (float) (-0.5 * x[i] * x[i] / Math.max(y[i], LEAST));
              }
            });
    INDArray bump = Ops.exp(Var.constant(exponent)).value();
    Var first = Var.constant(Elementwise.map(m, v, bump, GaussianMoments::rectifiedMean));
    Var second = Var.constant(Elementwise.map(m, v, bump, GaussianMoments::rectifiedVariance));
    return new GaussianMoments(first, second);
  }

  private static void rectifiedMean(float[] m, float[] v, float[] bump, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      double s = Math.sqrt(Math.max(v[i], LEAST));
      double p = bump[i] / ROOT_OF_TWO_PI;
      out[i] = (float) Math.max(0, m[i] * below(m[i] / s, p) + s * p);
    }
  }

  private static void rectifiedVariance(float[] m, float[] v, float[] bump, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      double own = Math.max(v[i], LEAST);
      double s = Math.sqrt(own);
      double p = bump[i] / ROOT_OF_TWO_PI;
      double above = below(m[i] / s, p);
      double expected = Math.max(0, m[i] * above + s * p);
      double square = ((double) m[i] * m[i] + own) * above + m[i] * s * p;
      out[i] = (float) Math.max(0, square - expected * expected);
    }
  }

  /**
   * The probability that a standard normal is below z, within 7.5e-8 (Abramowitz and Stegun
   * 26.2.17).
   *
   * @param density at z
   */
  static double below(double z, double density) {
    double t = 1 / (1 + 0.2316419 * Math.abs(z));
    double series =
        t
            * (0.319381530
                + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    double tail = density * series;
    return z >= 0 ? 1 - tail : tail;
  }

  /** Any function of each number, by quadrature. */
  GaussianMoments through(UnaryOperator<Var> function) {
    Var deviation = Ops.sqrt(Objects.requireNonNull(variance));
    Var first = null;
    Var second = null;
    for (int i = 1 - PLACES.length; i < PLACES.length; i++) {
      double place = Math.signum(i) * PLACES[Math.abs(i)];
      Var y = function.apply(Ops.add(mean, Ops.scale(deviation, place)));
      Var weighted = Ops.scale(y, WEIGHTS[Math.abs(i)]);
      Var squares = Ops.mul(weighted, y);
      first = first == null ? weighted : Ops.add(first, weighted);
      second = second == null ? squares : Ops.add(second, squares);
    }
    return new GaussianMoments(
        Objects.requireNonNull(first), difference(Objects.requireNonNull(second), first));
  }

  /** E x^2 less the square of E x, and nothing below zero. */
  private static Var difference(Var squares, Var expected) {
    return Var.constant(
        Elementwise.map(
            squares.value(),
            expected.value(),
            (s, m, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = Math.max(0, s[i] - m[i] * m[i]);
              }
            }));
  }
}
