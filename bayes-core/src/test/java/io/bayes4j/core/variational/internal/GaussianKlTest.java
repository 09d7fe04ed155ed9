package io.bayes4j.core.variational.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class GaussianKlTest {
  private static final Noise NOISE = Noise.seeded(23);
  private static final double RELATIVE = 1e-5;

  private static final float[] EXTREME_RHOS = {
    -1e30f, -1000, -110, -104, -100, -88, -87, -61, -60, -59, -40, -20, -5, -1, -1e-3f, 0, 1e-3f, 1,
    3, 16, 17, 40, 88, 89, 100, 1000
  };

  private static INDArray of(float... values) {
    return Nd4j.createFromArray(values);
  }

  private static INDArray zeros(long n) {
    return Nd4j.zeros(DataType.FLOAT, n);
  }

  private static float[] values(INDArray array) {
    return array.dup('c').data().asFloat();
  }

  private static INDArray mus(int n) {
    return NOISE.split("mu").normals(n);
  }

  private static INDArray rhos(int n) {
    return NOISE.split("rho").normals(n).muli(3).subi(3);
  }

  private static INDArray priorMeans(int n) {
    return NOISE.split("prior mean").normals(n).muli(0.5);
  }

  private static INDArray priorSigmas(int n) {
    return NOISE.split("prior sigma").uniforms(n).addi(0.05f);
  }

  /** A prior both as the kernels take it and element by element. */
  private record Prior(PriorMoments moments, INDArray mean, INDArray sigma) {}

  private static Prior[] priors(int n) {
    INDArray mean = priorMeans(n);
    INDArray sigma = priorSigmas(n);
    INDArray constantMean = zeros(n).addi(0.3f);
    INDArray constantSigma = zeros(n).addi(0.7f);
    return new Prior[] {
      new Prior(PriorMoments.of(0.3f, 0.7f), constantMean, constantSigma),
      new Prior(PriorMoments.of(mean, 0.7f), mean, constantSigma),
      new Prior(PriorMoments.of(0.3f, sigma), constantMean, sigma),
      new Prior(PriorMoments.of(mean, sigma), mean, sigma)
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4095, 4096, 4097, 12289})
  void valueAndGradientAgreeWithTheReference(int n) {
    INDArray mu = mus(n);
    INDArray rho = rhos(n);
    float[] m = values(mu);
    float[] r = values(rho);
    for (Prior prior : priors(n)) {
      float[] mean = values(prior.mean);
      float[] sigma = values(prior.sigma);
      double expected = 0;
      for (int i = 0; i < n; i++) {
        expected += GaussianReference.kl(m[i], r[i], mean[i], sigma[i]);
      }
      assertThat(GaussianKernels.kl(mu, rho, prior.moments))
          .isCloseTo(expected, within(RELATIVE * expected));

      INDArray gradMu = zeros(n);
      INDArray gradRho = zeros(n);
      GaussianKernels.klGradient(mu, rho, prior.moments, 0.5f, gradMu, gradRho);
      checkGradient(m, r, prior, 0.5, values(gradMu), values(gradRho));
    }
  }

  private static void checkGradient(
      float[] mu, float[] rho, Prior prior, double scale, float[] gradMu, float[] gradRho) {
    float[] mean = values(prior.mean);
    float[] sigma = values(prior.sigma);
    for (int i = 0; i < mu.length; i++) {
      double byMu = scale * GaussianReference.klByMu(mu[i], rho[i], mean[i], sigma[i]);
      double byRho = scale * GaussianReference.klByRho(mu[i], rho[i], mean[i], sigma[i]);
      assertThat((double) gradMu[i]).isCloseTo(byMu, within(RELATIVE * Math.abs(byMu) + 1e-6));
      assertThat((double) gradRho[i]).isCloseTo(byRho, within(RELATIVE * Math.abs(byRho) + 1e-6));
    }
  }

  @Test
  void everyElementIsExactFromVeryNegativeToVeryLargeRho() {
    for (float sigma : new float[] {1e-6f, 0.01f, 1, 1000}) {
      PriorMoments prior = PriorMoments.of(0.25, sigma);
      for (float rho : EXTREME_RHOS) {
        for (float mu : new float[] {0.25f, -3, 1e4f}) {
          double expected = GaussianReference.kl(mu, rho, 0.25, sigma);
          assertThat(GaussianKernels.kl(of(mu), of(rho), prior))
              .as("mu %s, rho %s, prior sigma %s", mu, rho, sigma)
              .isCloseTo(expected, within(RELATIVE * expected));
        }
      }
    }
  }

  @Test
  void gradientOfRhoIsExactFromVeryNegativeToVeryLargeRho() {
    INDArray rho = of(EXTREME_RHOS);
    INDArray mu = zeros(EXTREME_RHOS.length);
    INDArray gradMu = zeros(EXTREME_RHOS.length);
    INDArray gradRho = zeros(EXTREME_RHOS.length);
    GaussianKernels.klGradient(mu, rho, PriorMoments.of(0, 0.5), 1f, gradMu, gradRho);
    float[] actual = values(gradRho);
    for (int i = 0; i < actual.length; i++) {
      double r = EXTREME_RHOS[i];
      double sigma = GaussianReference.softplus(r);
      double expected = r < -40 ? -1 : GaussianReference.sigmoid(r) * (sigma / 0.25 - 1 / sigma);
      assertThat((double) actual[i])
          .as("rho %s", r)
          .isCloseTo(expected, within(2e-6 * Math.abs(expected)));
    }
    assertThat(values(gradMu)).containsOnly(0);
  }

  /** Float sums of terms near one would leave 1e-7 per element. */
  @Test
  void posteriorAtThePriorHasNoDivergence() {
    int n = 10_000;
    INDArray mu = mus(n);
    INDArray rho = rhos(n);
    INDArray sigma = zeros(n);
    GaussianKernels.sigma(rho, sigma);
    INDArray gradMu = zeros(n);
    INDArray gradRho = zeros(n);
    PriorMoments prior = PriorMoments.of(mu, sigma);
    GaussianKernels.klGradient(mu, rho, prior, 1f, gradMu, gradRho);
    assertThat(GaussianKernels.kl(mu, rho, prior)).isBetween(0.0, 1e-13 * n);
    assertThat(values(gradMu)).containsOnly(0);
    for (float gradient : values(gradRho)) {
      assertThat(Math.abs(gradient)).isLessThan(1e-6f);
    }
  }

  @Test
  void smallDivergencesKeepTheirDigits() {
    double rho = 0.2;
    double sigma = GaussianReference.softplus((float) rho);
    for (double factor : new double[] {0.7, 0.9, 0.99, 1.01, 1.1, 1.3, 1.42}) {
      float priorSigma = (float) (sigma * factor);
      double expected = GaussianReference.kl(0, (float) rho, 0, priorSigma);
      assertThat(GaussianKernels.kl(of(0), of((float) rho), PriorMoments.of(0, priorSigma)))
          .as("prior sigma = %s * sigma", factor)
          .isCloseTo(expected, within(4e-5 * expected));
    }
  }

  @Test
  void rejectsPriorsThatAreNone() {
    for (double sigma : new double[] {0, -1, 1e-39, Double.NaN, Double.POSITIVE_INFINITY, 1e39}) {
      assertThatThrownBy(() -> PriorMoments.of(0, sigma))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("prior sigma must be")
          .hasMessageContaining("got " + sigma);
    }
    assertThatThrownBy(() -> PriorMoments.of(Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prior mean must be a finite float, got NaN");
    assertThatThrownBy(() -> PriorMoments.of(Nd4j.zeros(DataType.DOUBLE, 3), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prior mean must be of type FLOAT, got DOUBLE");
    assertThatThrownBy(() -> PriorMoments.of(0, Nd4j.zeros(DataType.FLOAT, 3, 2).getColumn(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prior sigma must be dense");
  }

  @Test
  void rejectsArraysThatDoNotFit() {
    INDArray four = zeros(4);
    INDArray five = zeros(5);
    PriorMoments unit = PriorMoments.of(0, 1);
    assertThatThrownBy(() -> GaussianKernels.kl(four, five, unit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rho must have 4 elements, got 5");
    assertThatThrownBy(() -> GaussianKernels.kl(four, four, PriorMoments.of(five, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prior mean must have 4 elements, as mu, got 5");
    assertThatThrownBy(() -> GaussianKernels.kl(four, four, PriorMoments.of(0, five)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("prior sigma must have 4 elements, as mu, got 5");
    assertThatThrownBy(() -> GaussianKernels.klGradient(four, four, unit, 1f, five, four))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gradMu must have 4 elements");
    assertThatThrownBy(() -> GaussianKernels.klGradient(four, four, unit, 1f, four, five))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gradRho must have 4 elements");
    assertThatThrownBy(() -> GaussianKernels.klGradient(four, four, unit, Float.NaN, four, four))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("scale must be finite, got NaN");
  }
}
