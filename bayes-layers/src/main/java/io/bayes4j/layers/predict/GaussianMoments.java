package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.ops.Ops;
import java.util.List;
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

  private static final float ROOT_OF_TWO_PI = (float) Math.sqrt(2 * Math.PI);

  /** A variance that is as good as none, and above zero. */
  private static final float LEAST = 1e-30f;

  /** Deviations beyond which a float has no density left. */
  private static final float FAR = 20;

  /** The same function of mean and variance, where that is right, such as a reshaping. */
  GaussianMoments both(UnaryOperator<Var> function) {
    return new GaussianMoments(
        function.apply(mean), variance == null ? null : function.apply(variance));
  }

  /** Expectations of the squares. */
  Var squares() {
    return Var.constant(
        Elementwise.map(
            mean.value(),
            Objects.requireNonNull(variance).value(),
            (m, v, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = m[i] * m[i] + v[i];
              }
            }));
  }

  /**
   * max(x, 0) of a Gaussian with mean m, deviation s, and z = m / s: with the density p at z, the
   * probability T beyond |z|, and e = p - |z| T, its mean is max(m, 0) + s e, its variance s^2
   * times (z^2 + 1) T - |z| p - e^2, and 1 - 2 T more where m is above zero. Nothing in these
   * cancels that is not small anyway, so that floats will do.
   */
  GaussianMoments relu() {
    INDArray m = mean.value();
    INDArray v = Objects.requireNonNull(variance).value();
    INDArray exponents =
        Elementwise.map(
            m,
            v,
            (x, y, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = -0.5f * x[i] * x[i] / Math.max(y[i], LEAST);
              }
            });
    INDArray bumps = Ops.exp(Var.constant(exponents)).value();
    List<INDArray> both = Elementwise.pair(m, v, bumps, GaussianMoments::rectified);
    return new GaussianMoments(Var.constant(both.get(0)), Var.constant(both.get(1)));
  }

  // Loops of one output each, which the compiler turns into vector instructions.
  private static void rectified(
      float[] m, float[] v, float[] bumps, float[] means, float[] variances, int n) {
    float[] tails = variances;
    for (int i = 0; i < n; i++) {
      tails[i] = beyond(size(m[i], v[i]), bumps[i] / ROOT_OF_TWO_PI);
    }
    for (int i = 0; i < n; i++) {
      float s = (float) Math.sqrt(Math.max(v[i], LEAST));
      float e = bumps[i] / ROOT_OF_TWO_PI - size(m[i], v[i]) * tails[i];
      means[i] = Math.max(m[i], 0f) + s * Math.max(e, 0f);
    }
    for (int i = 0; i < n; i++) {
      float z = size(m[i], v[i]);
      float p = bumps[i] / ROOT_OF_TWO_PI;
      float e = p - z * tails[i];
      float share = (z * z + 1) * tails[i] - z * p - e * e;
      float more = Elementwise.isPositive(m[i]) * (1 - 2 * tails[i]);
      variances[i] = v[i] * Math.max(share + more, 0f);
    }
  }

  /** |m| / s, or what is far enough. */
  private static float size(float m, float v) {
    return Math.min(Math.abs(m) / (float) Math.sqrt(Math.max(v, LEAST)), FAR);
  }

  /**
   * The probability that a standard normal is above z, zero or more, within 7.5e-8 (Abramowitz and
   * Stegun 26.2.17).
   *
   * @param density at z
   */
  private static float beyond(float z, float density) {
    float t = 1 / (1 + 0.2316419f * z);
    return density
        * t
        * (0.31938154f
            + t * (-0.35656378f + t * (1.7814779f + t * (-1.8212559f + t * 1.3302745f))));
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
