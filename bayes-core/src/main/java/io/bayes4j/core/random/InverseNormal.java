package io.bayes4j.core.random;

import io.bayes4j.core.internal.Scratch;

/**
 * The inverse of the standard normal distribution function, for random words of 32 bits.
 *
 * <p>A word m = 0 ... 2^32 - 1 stands for p = (m + 1/2) / 2^32, and for the normal deviate x = u
 * F(r), where u = 1 - 2 p and r is the 16th root of 4 p (1 - p) = 1 - u^2. A word and its
 * complement map to x and -x. F is smooth from the middle, r = 1, to the tails, r = 0.26, so that
 * one polynomial serves for all words, without a branch and without a table. (Giles, "Approximating
 * the erfinv function", GPU Computing Gems 2 (2011), has a logarithm where we have roots, but a
 * logarithm looks at the bits of floats: see {@link RandomFloats}.)
 *
 * <p>u, p and 1 - p are each made of the bits, not of each other, so that neither the middle nor
 * the tails lose digits: x is within 5e-7 |x| of the exact inverse. The largest is 6.34.
 */
final class InverseNormal {
  /** What 9 lower bits of zero are read as; set, they add up to almost as much again. */
  private static final float LOWER = 0x1p-22f;

  /** The same with a bit set behind the lowest of the word: the half in m + 1/2. */
  private static final float LOWER_AND_HALF = 0x1.004p-22f;

  /** The middle of the range of r. */
  private static final float CENTRE = 0.6305f;

  // F in powers of r - CENTRE: the interpolation at the 15 Chebyshev nodes of [2^(-31 / 16), 1].
  private static final float F0 = 3.606345f;
  private static final float F1 = -6.5645976f;
  private static final float F2 = 0.16843267f;
  private static final float F3 = -3.6360595f;
  private static final float F4 = 5.812543f;
  private static final float F5 = 12.194225f;
  private static final float F6 = 35.705498f;
  private static final float F7 = 14.833815f;
  private static final float F8 = -86.83862f;
  private static final float F9 = -379.13873f;
  private static final float F10 = -297.5789f;
  private static final float F11 = 1187.4728f;
  private static final float F12 = 2344.0002f;
  private static final float F13 = -1534.1177f;
  private static final float F14 = -3949.149f;

  private InverseNormal() {}

  /** Writes the deviates of all halves of the words. */
  static void of(RandomFloats floats, Scratch scratch, float[] out) {
    float[] upper = scratch.array();
    float[] lower = scratch.array();
    floats.upperBits(upper);
    floats.lowerBits(9, LOWER_AND_HALF, lower);
    int n = floats.size();
    uniforms(upper, lower, out, n);
    products(upper, lower, n);
    roots(upper, n);
    deviates(upper, out, n);
  }

  /** u = 1 - 2 p, where 2 p = (upper - 2) + (lower - LOWER). */
  private static void uniforms(float[] upper, float[] lower, float[] u, int n) {
    for (int i = 0; i < n; i++) {
      u[i] = (3f - upper[i]) - (lower[i] - LOWER);
    }
  }

  /** upper = 2 p (2 - 2 p). */
  private static void products(float[] upper, float[] lower, int n) {
    for (int i = 0; i < n; i++) {
      float low = lower[i] - LOWER;
      upper[i] = ((upper[i] - 2f) + low) * ((4f - upper[i]) - low);
    }
  }

  /** y = the 16th root of y, less CENTRE. */
  private static void roots(float[] y, int n) {
    for (int i = 0; i < n; i++) {
      float fourth = (float) Math.sqrt((float) Math.sqrt(y[i]));
      y[i] = (float) Math.sqrt((float) Math.sqrt(fourth)) - CENTRE;
    }
  }

  /** u = u F(t). */
  private static void deviates(float[] t, float[] u, int n) {
    for (int i = 0; i < n; i++) {
      float f = Math.fma(t[i], F14, F13);
      f = Math.fma(t[i], f, F12);
      f = Math.fma(t[i], f, F11);
      f = Math.fma(t[i], f, F10);
      f = Math.fma(t[i], f, F9);
      f = Math.fma(t[i], f, F8);
      f = Math.fma(t[i], f, F7);
      f = Math.fma(t[i], f, F6);
      f = Math.fma(t[i], f, F5);
      f = Math.fma(t[i], f, F4);
      f = Math.fma(t[i], f, F3);
      f = Math.fma(t[i], f, F2);
      f = Math.fma(t[i], f, F1);
      f = Math.fma(t[i], f, F0);
      u[i] *= f;
    }
  }
}
