package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.NormalCdf;
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

  /** One of the two moments of max(x, 0), by mean and variance of x. */
  @FunctionalInterface
  private interface Rectified {
    double of(double mean, double variance);
  }

  /** The same function of mean and variance, where that is right, such as a reshaping. */
  GaussianMoments both(UnaryOperator<Var> function) {
    return new GaussianMoments(
        function.apply(mean), variance == null ? null : function.apply(variance));
  }

  /** max(x, 0): exact. */
  GaussianMoments relu() {
    return new GaussianMoments(
        rectified(GaussianMoments::rectifiedMean), rectified(GaussianMoments::rectifiedVariance));
  }

  private Var rectified(Rectified moment) {
    INDArray result =
        Elementwise.map(
            mean.value(),
            Objects.requireNonNull(variance).value(),
            (m, v, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = (float) moment.of(m[i], v[i]);
              }
            });
    return Var.constant(result);
  }

  private static double rectifiedMean(double m, double v) {
    if (v <= 0) {
      return Math.max(m, 0);
    }
    double s = Math.sqrt(v);
    return Math.max(0, m * NormalCdf.of(m / s) + s * density(m / s));
  }

  private static double rectifiedVariance(double m, double v) {
    if (v <= 0) {
      return 0;
    }
    double s = Math.sqrt(v);
    double above = NormalCdf.of(m / s);
    double bump = s * density(m / s);
    double expected = m * above + bump;
    return Math.max(0, (m * m + v) * above + m * bump - expected * expected);
  }

  private static double density(double z) {
    return Math.exp(-0.5 * z * z) / ROOT_OF_TWO_PI;
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
