package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.predict.LabelPrediction;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.Dataset;
import java.util.Arrays;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Laplace for yes-or-no questions against the posterior of a logistic regression. */
class LaplaceLabelsTest {
  private static final double PRECISION = 2;
  private static final Linear ONE = new Linear(3, 1, false, Init.seeded(3));

  private static double logit(int n) {
    double sum = 0;
    for (int p = 0; p < 3; p++) {
      sum += ONE.parameters().get("weight").value().getDouble(0, p) * Toys.X.getDouble(n, p);
    }
    return sum;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** X' diag(weight p (1 - p)) X + precision. */
  private static SimpleMatrix covariance(double... weights) {
    SimpleMatrix h = SimpleMatrix.identity(3).scale(PRECISION);
    for (int n = 0; n < Toys.EXAMPLES; n++) {
      double p = sigmoid(logit(n));
      SimpleMatrix x = row(n);
      h = h.plus(x.mult(x.transpose()).scale(weights[n] * p * (1 - p)));
    }
    return h.invert();
  }

  private static SimpleMatrix row(int n) {
    SimpleMatrix x = new SimpleMatrix(3, 1);
    for (int p = 0; p < 3; p++) {
      x.set(p, 0, Toys.X.getDouble(n, p));
    }
    return x;
  }

  private static LastLayerLaplace fit(Linear model, Dataset data, LaplaceCovariance kind) {
    return LastLayerLaplace.fit(model, data, Likelihood.labels(), kind).priorPrecision(PRECISION);
  }

  private static Dataset data() {
    return Dataset.of(Toys.X, Toys.labels(), 2);
  }

  @Test
  void varianceAndProbitAreThoseOfTheLogit() {
    LastLayerLaplace laplace = fit(ONE, data(), LaplaceCovariance.FULL);
    double[] ones = new double[Toys.EXAMPLES];
    Arrays.fill(ones, 1);
    SimpleMatrix covariance = covariance(ones);
    INDArray variance = laplace.variance(Toys.X);
    Prediction probit = laplace.probit().classifyBinary(Toys.X);
    for (int n = 0; n < Toys.EXAMPLES; n++) {
      double v = row(n).transpose().mult(covariance).mult(row(n)).get(0);
      assertThat(variance.getDouble(n, 0)).isCloseTo(v, within(1e-5));
      double expected = sigmoid(logit(n) / Math.sqrt(1 + Math.PI * v / 8));
      assertThat(probit.mean().getDouble(n, 1)).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  void anExampleOfWeightTwoIsThereTwice() {
    double[] weights = new double[Toys.EXAMPLES];
    Arrays.setAll(weights, n -> n % 3);
    LastLayerLaplace laplace = fit(ONE, data().weighted(weights), LaplaceCovariance.FULL);
    SimpleMatrix covariance = covariance(weights);
    double v = row(5).transpose().mult(covariance).mult(row(5)).get(0);
    assertThat(laplace.variance(Toys.X).getDouble(5, 0)).isCloseTo(v, within(1e-5));
  }

  @ParameterizedTest
  @EnumSource(LaplaceCovariance.class)
  void drawsAgreeWithProbit(LaplaceCovariance kind) {
    LastLayerLaplace laplace = fit(ONE, data(), kind).samples(2000);
    INDArray drawn = laplace.classifyBinary(Toys.X).mean();
    INDArray probit = laplace.probit().classifyBinary(Toys.X).mean();
    for (int n = 0; n < Toys.EXAMPLES; n++) {
      assertThat(drawn.getDouble(n, 1)).isCloseTo(probit.getDouble(n, 1), within(0.02));
    }
  }

  /** The labels' questions are independent, and so are their weights under a full covariance. */
  @Test
  void severalLabelsAreSeveralRegressions() {
    Linear two = new Linear(3, 2, false, Init.seeded(4));
    two.parameters().get("weight").value().putRow(1, ONE.parameters().get("weight").value());
    INDArray own = Nd4j.createFromArray(toFloats(Toys.labels())).reshape(-1, 1);
    Dataset labels = Dataset.of(Toys.X, Nd4j.concat(1, own.rsub(1), own));
    LastLayerLaplace laplace = fit(two, labels, LaplaceCovariance.FULL);
    INDArray alone = fit(ONE, data(), LaplaceCovariance.FULL).variance(Toys.X);
    LabelPrediction probit = laplace.probit().classifyLabels(Toys.X);
    Prediction expected = fit(ONE, data(), LaplaceCovariance.FULL).probit().classifyBinary(Toys.X);
    for (int n = 0; n < Toys.EXAMPLES; n++) {
      assertThat(laplace.variance(Toys.X).getDouble(n, 1))
          .isCloseTo(alone.getDouble(n, 0), within(1e-5));
      assertThat(probit.mean().getDouble(n, 1))
          .isCloseTo(expected.mean().getDouble(n, 1), within(1e-5));
    }
  }

  @Test
  void aWrongCallIsAnError() {
    LastLayerLaplace laplace = fit(ONE, data(), LaplaceCovariance.DIAGONAL);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> laplace.classify(Toys.X))
        .withMessageContaining("classifyBinary");
    LastLayerLaplace numbers =
        LastLayerLaplace.fit(
            ONE,
            Dataset.of(Toys.X, Toys.X.getColumn(0).dup().reshape(-1, 1)),
            Likelihood.gaussian(1),
            LaplaceCovariance.DIAGONAL);
    assertThatIllegalArgumentException()
        .isThrownBy(numbers::probit)
        .withMessageContaining("not for numbers");
  }

  private static float[] toFloats(int... numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers[i];
    }
    return floats;
  }
}
