package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.ops.Ops;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Means and variances of independent Gaussians on their way through a network.
 *
 * @param variance null where nothing is uncertain
 * @param known {@link StackedMoments} if they are known; null if not
 */
record GaussianMoments(Var mean, @Nullable Var variance, @Nullable Var known) {
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

  /** Without what has been computed of them already. */
  GaussianMoments(Var mean, @Nullable Var variance) {
    this(mean, variance, null);
  }

  /** The same function of mean and variance, where that is right, such as a reshaping. */
  GaussianMoments both(UnaryOperator<Var> function) {
    Var of = function.apply(mean);
    return of == mean
        ? this
        : new GaussianMoments(of, variance == null ? null : function.apply(variance));
  }

  /** {@link StackedMoments}. */
  Var stacked() {
    return known == null ? StackedMoments.of(mean, Objects.requireNonNull(variance)) : known;
  }

  /** Expectations of the squares. */
  Var squares() {
    return joined(
        mean,
        Objects.requireNonNull(variance),
        (m, v, out, n) -> StackedMoments.addSquares(m, v, out, n));
  }

  private static Var joined(Var a, Var b, Elementwise.Binary function) {
    return Plan.operation(
        null,
        a.shape(),
        List.of(a, b),
        () -> Var.constant(Elementwise.map(a.value(), b.value(), function)));
  }

  /** Of max(x, 0). */
  GaussianMoments relu() {
    return RectifiedMoments.of(mean, Objects.requireNonNull(variance));
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
    return joined(
        squares,
        expected,
        (s, m, out, n) -> {
          for (int i = 0; i < n; i++) {
            out[i] = Math.max(0, s[i] - m[i] * m[i]);
          }
        });
  }
}
