package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.variational.internal.GaussianReference;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class FloatLoopsTest {
  private static final int N = 4001;

  /** Points from low to high whose distance has no short binary form. */
  private static float[] points(double low, double high) {
    float[] x = new float[N];
    for (int i = 0; i < N; i++) {
      x[i] = (float) (low + (high - low) * i / (N - 1));
    }
    return x;
  }

  private interface Loop {
    void apply(float[] x, float[] exp, float[] out);
  }

  private static float[] apply(Loop loop, float[] x) {
    float[] exp = new float[x.length];
    float[] out = new float[x.length];
    FloatLoops.expNegativeAbsolute(x, exp, out, x.length);
    loop.apply(x, exp, out);
    return out;
  }

  private static float[] exp(float[] x) {
    return apply((in, exp, out) -> System.arraycopy(exp, 0, out, 0, exp.length), x);
  }

  private static float[] softplus(float[] x) {
    return apply((in, exp, out) -> FloatLoops.softplus(in, exp, out, in.length), x);
  }

  private static float[] sigmoid(float[] x) {
    return apply((in, exp, out) -> FloatLoops.sigmoid(in, exp, out, in.length), x);
  }

  private static double worstRelativeError(
      float[] x, float[] actual, DoubleUnaryOperator expected) {
    double worst = 0;
    for (int i = 0; i < x.length; i++) {
      double reference = expected.applyAsDouble(x[i]);
      worst = Math.max(worst, Math.abs(actual[i] - reference) / reference);
    }
    return worst;
  }

  @Test
  void relativeErrorsAreThoseOfFloats() {
    for (double[] range : new double[][] {{-87, 87}, {-20, 20}, {-5, -3}, {-0.01, 0.01}}) {
      float[] x = points(range[0], range[1]);
      assertThat(worstRelativeError(x, exp(x), v -> Math.exp(-Math.abs(v)))).isLessThan(2.5e-7);
      assertThat(worstRelativeError(x, softplus(x), GaussianReference::softplus)).isLessThan(5e-7);
      assertThat(worstRelativeError(x, sigmoid(x), GaussianReference::sigmoid)).isLessThan(5e-7);
    }
  }

  @Test
  void denormalResultsAreRightToTheLastBitButOne() {
    float[] x = points(-110, -87);
    float[] exp = exp(x);
    float[] softplus = softplus(x);
    float[] sigmoid = sigmoid(x);
    for (int i = 0; i < N; i++) {
      double expected = Math.exp(x[i]);
      double bound = 5e-7 * expected + 1.5 * Float.MIN_VALUE;
      assertThat(Math.abs(exp[i] - expected)).isLessThan(bound);
      assertThat(Math.abs(softplus[i] - expected)).isLessThan(bound);
      assertThat(Math.abs(sigmoid[i] - expected)).isLessThan(bound);
    }
  }

  @Test
  void endsOfTheRange() {
    float[] x = {
      0f,
      -0f,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      1e-31f,
      1000,
      -1000,
      1e30f,
      -1e30f,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY
    };
    float ln2 = 0.6931472f;
    assertThat(exp(x)).containsExactly(1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(softplus(x))
        .containsExactly(
            ln2,
            ln2,
            ln2,
            ln2,
            ln2,
            1000,
            0,
            1e30f,
            0,
            Float.MAX_VALUE,
            0,
            Float.POSITIVE_INFINITY,
            0);
    assertThat(sigmoid(x)).containsExactly(0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 1, 0, 1, 0, 1, 0, 1, 0);
  }

  @Test
  void notANumberStaysVisible() {
    float[] x = {Float.NaN};
    assertThat(softplus(x)).containsExactly(Float.NaN);
    assertThat(sigmoid(x)).containsExactly(Float.NaN);
  }
}
