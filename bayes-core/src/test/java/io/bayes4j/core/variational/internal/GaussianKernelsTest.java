package io.bayes4j.core.variational.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.random.Noise;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class GaussianKernelsTest {
  private static final Noise NOISE = Noise.seeded(17);
  private static final double RELATIVE = 1e-6;

  private static INDArray zeros(int n) {
    return Nd4j.zeros(DataType.FLOAT, n);
  }

  private static INDArray mus(int n) {
    return NOISE.split("mu").normals(n);
  }

  /** From -19 to 13, for the most part. */
  private static INDArray rhos(int n) {
    return NOISE.split("rho").normals(n).muli(4).subi(3);
  }

  private static float[] values(INDArray array) {
    return array.dup('c').data().asFloat();
  }

  private static void check(float[] actual, double[] expected, double[] magnitude) {
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("element %d of %d", i, actual.length)
          .isCloseTo(expected[i], within(RELATIVE * magnitude[i]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4095, 4096, 4097, 12289})
  void kernelsAgreeWithTheFormulas(int n) {
    INDArray mu = mus(n);
    INDArray rho = rhos(n);
    INDArray out = zeros(n);
    float[] m = values(mu);
    float[] r = values(rho);
    float[] eps = new float[n];
    NOISE.normals(eps, 0, n, 0);
    double[] perturbation = new double[n];
    double[] slope = new double[n];
    double[] expected = new double[n];
    double[] magnitude = new double[n];
    for (int i = 0; i < n; i++) {
      perturbation[i] = GaussianReference.softplus(r[i]) * eps[i];
      slope[i] = GaussianReference.sigmoid(r[i]);
      expected[i] = m[i] + perturbation[i];
      magnitude[i] = Math.abs(m[i]) + Math.abs(perturbation[i]);
    }

    GaussianKernels.sample(mu, rho, NOISE, out);
    check(values(out), expected, magnitude);

    GaussianKernels.perturb(rho, NOISE, out);
    check(values(out), perturbation, absolute(perturbation));

    Arrays.setAll(expected, i -> GaussianReference.softplus(r[i]));
    GaussianKernels.sigma(rho, out);
    check(values(out), expected, expected);

    Arrays.setAll(expected, i -> m[i] * slope[i]);
    GaussianKernels.sigmaGradient(mu, rho, out);
    check(values(out), expected, absolute(expected));

    Arrays.setAll(expected, i -> m[i] * slope[i] * eps[i]);
    GaussianKernels.rhoGradient(mu, rho, NOISE, out);
    check(values(out), expected, absolute(expected));

    assertThat(values(mu)).isEqualTo(m);
    assertThat(values(rho)).isEqualTo(r);
  }

  private static double[] absolute(double[] values) {
    return Arrays.stream(values).map(Math::abs).toArray();
  }

  @Test
  void bitsDoNotDependOnTheNumberOfThreads() {
    int n = 50_001;
    int before = Parallel.threads();
    try {
      Parallel.setThreads(1);
      float[][] expected = everything(n);
      for (int threads : new int[] {2, 3, 5}) {
        Parallel.setThreads(threads);
        assertThat(everything(n)).isDeepEqualTo(expected);
      }
    } finally {
      Parallel.setThreads(before);
    }
  }

  private static float[][] everything(int n) {
    INDArray mu = mus(n);
    INDArray rho = rhos(n);
    INDArray[] out = {zeros(n), zeros(n), zeros(n), zeros(n), zeros(n), zeros(n), zeros(n)};
    PriorMoments prior = PriorMoments.of(0.1, 0.5);
    GaussianKernels.sample(mu, rho, NOISE, out[0]);
    GaussianKernels.perturb(rho, NOISE, out[1]);
    GaussianKernels.rhoGradient(mu, rho, NOISE, out[2]);
    GaussianKernels.sigma(rho, out[3]);
    GaussianKernels.sigmaGradient(mu, rho, out[4]);
    GaussianKernels.klGradient(mu, rho, prior, 0.25f, out[5], out[6]);
    double kl = GaussianKernels.kl(mu, rho, prior);
    float[][] results = new float[out.length + 1][];
    for (int i = 0; i < out.length; i++) {
      results[i] = values(out[i]);
    }
    long bits = Double.doubleToLongBits(kl);
    results[out.length] =
        new float[] {Float.intBitsToFloat((int) (bits >> 40)), (int) (bits & 0xffff), bits >>> 16};
    return results;
  }

  @Test
  void outputMayBeAnInput() {
    int n = 5000;
    INDArray mu = mus(n);
    INDArray rho = rhos(n);
    INDArray expected = zeros(n);
    GaussianKernels.sample(mu, rho, NOISE, expected);
    GaussianKernels.sample(mu, rho, NOISE, mu);
    assertThat(values(mu)).isEqualTo(values(expected));
  }

  @Test
  void viewsAreReadAndWrittenInPlace() {
    int columns = 2500;
    INDArray whole = NOISE.split("whole").normals(6, columns);
    float[] before = values(whole);
    INDArray mu = whole.get(NDArrayIndex.interval(0, 2), NDArrayIndex.all());
    INDArray rho = whole.get(NDArrayIndex.interval(2, 4), NDArrayIndex.all());
    INDArray expected = zeros(2 * columns);
    GaussianKernels.sample(mu.dup('c'), rho.dup('c'), NOISE, expected);

    INDArray out = whole.get(NDArrayIndex.interval(4, 6), NDArrayIndex.all());
    GaussianKernels.sample(mu, rho, NOISE, out);

    System.arraycopy(values(expected), 0, before, 4 * columns, 2 * columns);
    assertThat(values(whole)).isEqualTo(before);
  }

  @Test
  void gradientOfRhoIsThatOfTheSample() {
    int n = 1000;
    INDArray rho = rhos(n);
    INDArray ones = Nd4j.ones(DataType.FLOAT, n);
    INDArray gradient = zeros(n);
    GaussianKernels.rhoGradient(ones, rho, NOISE, gradient);
    float[] actual = values(gradient);
    float[] r = values(rho);
    float[] eps = new float[n];
    NOISE.normals(eps, 0, n, 0);
    double h = 1e-4;
    for (int i = 0; i < n; i++) {
      double difference =
          (GaussianReference.softplus(r[i] + h) - GaussianReference.softplus(r[i] - h)) / (2 * h);
      assertThat((double) actual[i])
          .isCloseTo(eps[i] * difference, within(1e-5 * Math.abs(eps[i]) * difference + 1e-11));
    }
  }

  @Test
  void inverseSoftplusUndoesSoftplus() {
    float[] sigmas = {1e-38f, 1e-20f, 1e-4f, 0.01f, 0.5f, 0.999f, 1f, 1.001f, 5, 50, 1000, 1e30f};
    INDArray rho = zeros(sigmas.length);
    INDArray back = zeros(sigmas.length);
    GaussianKernels.inverseSoftplus(Nd4j.createFromArray(sigmas), rho);
    float[] r = values(rho);
    for (int i = 0; i < sigmas.length; i++) {
      double exact = sigmas[i] + Math.log(-Math.expm1(-(double) sigmas[i]));
      assertThat((double) r[i]).isCloseTo(exact, within(1e-7 * Math.abs(exact) + 1e-9));
    }
    GaussianKernels.sigma(rho, back);
    float[] b = values(back);
    for (int i = 0; i < sigmas.length; i++) {
      // Rounding rho to a float moves sigma by a relative |rho| * 6e-8.
      double bound = (1e-6 + 6e-8 * Math.abs(r[i])) * sigmas[i];
      assertThat((double) b[i]).isCloseTo(sigmas[i], within(bound));
    }
  }

  @Test
  void inverseSoftplusChecksAllBeforeItWrites() {
    for (float bad : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      INDArray sigma = Nd4j.ones(DataType.FLOAT, 9000);
      sigma.putScalar(8999, bad);
      INDArray rho = zeros(9000);
      assertThatThrownBy(() -> GaussianKernels.inverseSoftplus(sigma, rho))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("sigma must be finite and > 0, got %s at element 8999", bad);
      assertThat(values(rho)).containsOnly(0);
    }
  }

  @Test
  void rejectsArraysThatDoNotFit() {
    INDArray ok = zeros(4);
    INDArray five = zeros(5);
    INDArray doubles = Nd4j.zeros(DataType.DOUBLE, 4);
    INDArray sparse = Nd4j.zeros(DataType.FLOAT, 4, 2).getColumn(0);
    rejected("rho must have 4 elements, got 5", () -> GaussianKernels.sample(ok, five, NOISE, ok));
    rejected("out must have 4 elements, got 5", () -> GaussianKernels.sample(ok, ok, NOISE, five));
    rejected("mu must be of type FLOAT", () -> GaussianKernels.sample(doubles, ok, NOISE, ok));
    rejected("out must have 4 elements, got 5", () -> GaussianKernels.perturb(ok, NOISE, five));
    rejected("rho must be dense", () -> GaussianKernels.perturb(sparse, NOISE, ok));
    rejected("gradRho must have", () -> GaussianKernels.rhoGradient(ok, ok, NOISE, five));
    rejected("gradW must have", () -> GaussianKernels.rhoGradient(ok, five, NOISE, ok));
    rejected("out must be dense", () -> GaussianKernels.sigma(ok, sparse));
    rejected("gradSigma must have", () -> GaussianKernels.sigmaGradient(ok, five, ok));
    rejected("gradRho must have", () -> GaussianKernels.sigmaGradient(ok, ok, five));
    rejected("rho must have", () -> GaussianKernels.inverseSoftplus(ok, five));
    assertThat(values(ok)).containsOnly(0);
  }

  private static void rejected(String message, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
