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
    0.18577770618460315,
    3.1611237438705655,
    113.86415415105016,
    377.485237685302,
    3209.3775891384694
  };
  private static final double[] NEAR_BELOW = {
    1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171
  };
  private static final double[] MIDDLE_ABOVE = {
    2.1531153547440383e-08, 0.5641884969886701, 8.883149794388377, 66.11919063714163,
    298.6351381974001, 881.952221241769, 1712.0476126340707, 2051.0783778260716,
    1230.3393547979972
  };
  private static final double[] MIDDLE_BELOW = {
    1,
    15.744926110709835,
    117.6939508913125,
    537.1811018620099,
    1621.3895745666903,
    3290.7992357334597,
    4362.619090143247,
    3439.3676741437216,
    1230.3393548037495
  };
  private static final double[] FAR_ABOVE = {
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445,
    0.12578172611122926, 0.016083785148742275, 0.0006587491615298378
  };
  private static final double[] FAR_BELOW = {
    1,
    2.568520192289822,
    1.8729528499234673,
    0.5279051029514285,
    0.06051834131244132,
    0.0023352049762686918
  };

  private NormalCdf() {}

  /** The probability of a value up to x, to 13 digits also in the lower tail. */
  public static double of(double x) {
    double z = Math.abs(x) * ROOT_HALF;
    if (z <= NEAR) {
      double square = z * z;
      double error =
          x * ROOT_HALF * polynomial(NEAR_ABOVE, square) / polynomial(NEAR_BELOW, square);
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
