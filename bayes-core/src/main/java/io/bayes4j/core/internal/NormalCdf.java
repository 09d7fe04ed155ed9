package io.bayes4j.core.internal;

/**
 * The standard normal distribution function, by W. J. Cody's rational approximations of the error
 * function ("Rational Chebyshev approximations for the error function", Mathematics of Computation
 * 23, 1969).
 */
public final class NormalCdf {
  private static final double ROOT_HALF = Math.sqrt(0.5);
  private static final double ONE_OVER_ROOT_PI = 1 / Math.sqrt(Math.PI);

  /** Below it the error function itself is approximated, so that nothing cancels. */
  private static final double NEAR = 0.46875;

  private static final double FAR = 4;

  /** Beyond it no double is left. */
  private static final double NOTHING = 27;

  private static final double[] NEAR_ABOVE = {
    1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
    3.20937758913846947e3
  };
  private static final double[] NEAR_BELOW = {
    1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3
  };
  private static final double[] MIDDLE_ABOVE = {
    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
    2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
    1.23033935479799725e3
  };
  private static final double[] MIDDLE_BELOW = {
    1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
    3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3
  };
  private static final double[] FAR_ABOVE = {
    1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
    1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4
  };
  private static final double[] FAR_BELOW = {
    1, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1,
    6.05183413124413191e-2, 2.33520497626869185e-3
  };

  private NormalCdf() {}

  /** The probability of a value up to x, to 13 digits also in the lower tail. */
  public static double of(double x) {
    double z = Math.abs(x) * ROOT_HALF;
    if (z <= NEAR) {
      double square = z * z;
      double error = x * ROOT_HALF * polynomial(NEAR_ABOVE, square) / polynomial(NEAR_BELOW, square);
      return 0.5 + 0.5 * error;
    }
    double lower = 0.5 * complement(z);
    return x < 0 ? lower : 1 - lower;
  }

  /** erfc(z) of a z above {@link #NEAR}. */
  private static double complement(double z) {
    if (z > NOTHING) {
      return 0;
    }
    if (z <= FAR) {
      return gauss(z) * polynomial(MIDDLE_ABOVE, z) / polynomial(MIDDLE_BELOW, z);
    }
    double inverse = 1 / (z * z);
    double rest = inverse * polynomial(FAR_ABOVE, inverse) / polynomial(FAR_BELOW, inverse);
    return gauss(z) / z * (ONE_OVER_ROOT_PI - rest);
  }

  /** exp(-z^2); the square of a z of few digits is exact, and the rest is small. */
  private static double gauss(double z) {
    double coarse = Math.floor(z * 16) / 16;
    return Math.exp(-coarse * coarse) * Math.exp(-(z - coarse) * (z + coarse));
  }

  /** Horner's scheme, the highest power first. */
  private static double polynomial(double[] coefficients, double x) {
    double sum = coefficients[0];
    for (int i = 1; i < coefficients.length; i++) {
      sum = sum * x + coefficients[i];
    }
    return sum;
  }
}
