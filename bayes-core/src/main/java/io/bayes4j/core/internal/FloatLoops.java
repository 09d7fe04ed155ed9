package io.bayes4j.core.internal;

/**
 * Elementwise functions over heap arrays, in loops that the C2 compiler turns into vector
 * instructions.
 *
 * <p>C2 of JDK 17 does so only for short bodies without branches, without {@code Math.min}, without
 * conversions between float and int or a look at the bits, and if the loop index serves as an index
 * alone. That explains the form of what follows: several short loops where one long one would do,
 * and exponents found by arithmetic. Every function takes all of its elements from 0 to n - 1; the
 * arrays may be the same.
 */
public final class FloatLoops {
  /** Adding and taking away 1.5 * 2^23 rounds a float below 2^22 to the nearest whole number. */
  private static final float ROUND = 12582912f;

  private static final float LOG2_E = 1.442695f;

  /** ln 2 in two parts; the first has few enough bits that its product with 1 ... 255 is exact. */
  private static final float LN2_HIGH = 355f / 512;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** Below this, exp is zero even as a denormal float. */
  private static final float LOWEST_EXPONENT = -106f;

  /** Times a float, 2^23 + 1 leads to its one-bit rounding: see {@link #powersOfTwo}. */
  private static final float SPLITTER = 8388609f;

  private FloatLoops() {}

  /** out = exp(-|x|), with a relative error below 2.5e-7 while the result is a normal float. */
  public static void expNegativeAbsolute(float[] x, float[] out, float[] scratch, int n) {
    roundedBinaryExponents(x, scratch, n);
    reducedExponentials(x, scratch, out, n);
    powersOfTwo(scratch, n);
    multiply(out, scratch, out, n);
  }

  /** k = round(-|x| / ln 2). */
  private static void roundedBinaryExponents(float[] x, float[] k, int n) {
    for (int i = 0; i < n; i++) {
      k[i] = (Math.max(-Math.abs(x[i]), LOWEST_EXPONENT) * LOG2_E + ROUND) - ROUND;
    }
  }

  /** out = exp(-|x| - k ln 2), whose argument lies in [-0.35, 0.35], by its Taylor series. */
  private static void reducedExponentials(float[] x, float[] k, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      float y = Math.max(-Math.abs(x[i]), LOWEST_EXPONENT);
      float r = Math.fma(-LN2_LOW, k[i], Math.fma(-LN2_HIGH, k[i], y));
      float e = Math.fma(r, 1f / 5040, 1f / 720);
      e = Math.fma(r, e, 1f / 120);
      e = Math.fma(r, e, 1f / 24);
      e = Math.fma(r, e, 1f / 6);
      e = Math.fma(r, e, 0.5f);
      e = Math.fma(r, e, 1f);
      out[i] = Math.fma(r, e, 1f);
    }
  }

  /**
   * k = 2^k, exactly, for whole numbers -153 ... 0.
   *
   * <p>exp(k ln2 / 128)^128 gives it to 0.1 %; then Dekker's splitting, c - (c - a) with c = a *
   * (2^23 + 1), keeps of the 24 bits of a the first one only.
   */
  private static void powersOfTwo(float[] k, int n) {
    for (int i = 0; i < n; i++) {
      float r = k[i] * (0.6931472f / 128);
      float a = Math.fma(r, Math.fma(r, 1f / 120, 1f / 24), 1f / 6);
      a = Math.fma(r, Math.fma(r, Math.fma(r, a, 0.5f), 1f), 1f);
      a *= a;
      a *= a;
      a *= a;
      a *= a;
      a *= a;
      a *= a;
      a *= a;
      float c = a * SPLITTER;
      k[i] = c - (c - a);
    }
  }

  /** out = ln(1 + exp(x)), given t = exp(-|x|): max(x, 0) + 2 artanh(t / (2 + t)). */
  public static void softplus(float[] x, float[] t, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      float s = t[i] / (2f + t[i]);
      float q = s * s;
      float p = Math.fma(q, 2f / 13, 2f / 11);
      p = Math.fma(q, p, 2f / 9);
      p = Math.fma(q, p, 2f / 7);
      p = Math.fma(q, p, 2f / 5);
      p = Math.fma(q, p, 2f / 3);
      p = Math.fma(q, p, 2f);
      out[i] = Math.fma(s, p, Math.max(x[i], 0f));
    }
  }

  /** out = 1 / (1 + exp(-x)), given t = exp(-|x|). */
  public static void sigmoid(float[] x, float[] t, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      // One where x > 0, else at most zero.
      float step = -Math.max(x[i] * -1e30f, -1f);
      out[i] = Math.max(t[i], step) / (1f + t[i]);
    }
  }

  /** out = a * b. */
  public static void multiply(float[] a, float[] b, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = a[i] * b[i];
    }
  }

  /** out = a * b + c. */
  public static void multiplyAdd(float[] a, float[] b, float[] c, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.fma(a[i], b[i], c[i]);
    }
  }

  /** sum = sum + x. */
  public static void add(float[] sum, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += x[i];
    }
  }
}
