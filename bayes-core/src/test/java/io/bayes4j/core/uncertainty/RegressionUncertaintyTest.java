package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static io.bayes4j.core.uncertainty.Rejection.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

final class RegressionUncertaintyTest {
  // Two samples, two examples, one output.
  private final INDArray means = array(new double[] {1, 10, 3, 10}, 2, 2, 1);
  private final INDArray variances = array(new double[] {0.5, 2, 1.5, 4}, 2, 2, 1);

  @Test
  void varianceSplitsIntoMeanOfVariancesAndVarianceOfMeans() {
    assertThat(RegressionUncertainty.predictiveMean(means)).isEqualTo(column(2, 10));
    assertThat(RegressionUncertainty.epistemicVariance(means)).isEqualTo(column(1, 0));
    assertThat(RegressionUncertainty.aleatoricVariance(variances)).isEqualTo(column(1, 3));
    assertThat(RegressionUncertainty.totalVariance(means, variances)).isEqualTo(column(2, 3));
  }

  @Test
  void likelihoodOfOneSampleIsTheGaussians() {
    INDArray mean = array(new double[] {1, 2}, 1, 1, 2);
    INDArray variance = array(new double[] {4, 0.25}, 1, 1, 2);
    INDArray target = array(new double[] {3, 2}, 1, 2);
    double expected = -Math.log(density(3, 1, 4) * density(2, 2, 0.25));
    assertThat(RegressionUncertainty.mixtureNll(mean, variance, target))
        .isCloseTo(expected, within(1e-6));
  }

  @Test
  void likelihoodIsTheMeanDensityOverSamples() {
    double first = (density(2, 1, 0.5) + density(2, 3, 1.5)) / 2;
    double second = (density(9, 10, 2) + density(9, 10, 4)) / 2;
    assertThat(RegressionUncertainty.mixtureNll(means, variances, column(2, 9)))
        .isCloseTo(-(Math.log(first) + Math.log(second)) / 2, within(1e-6));
  }

  @Test
  void outputsOfOneSampleBelongTogether() {
    // Each sample is right about one output only: a mixture per output would score far better.
    INDArray mean = array(new double[] {0, 5, 5, 0}, 2, 1, 2);
    INDArray variance = array(new double[] {1, 1, 1, 1}, 2, 1, 2);
    INDArray target = array(new double[] {0, 0}, 1, 2);
    double joint = density(0, 0, 1) * density(0, 5, 1);
    assertThat(RegressionUncertainty.mixtureNll(mean, variance, target))
        .isCloseTo(-Math.log(joint), within(1e-6));
  }

  @Test
  void targetFarFromEverySampleHasAFiniteLikelihood() {
    double expected = 0.5 * (Math.log(2 * Math.PI) + 1e6) + Math.log(2);
    INDArray mean = array(new double[] {0, -1e6}, 2, 1, 1);
    INDArray variance = array(new double[] {1, 1}, 2, 1, 1);
    assertThat(RegressionUncertainty.mixtureNll(mean, variance, array(new double[] {1e3}, 1, 1)))
        .isCloseTo(expected, within(1e-6));
  }

  @Test
  void argumentsStayAsTheyAre() {
    INDArray meansBefore = means.dup();
    INDArray variancesBefore = variances.dup();
    INDArray targets = column(2, 9);
    RegressionUncertainty.totalVariance(means, variances);
    RegressionUncertainty.mixtureNll(means, variances, targets);
    assertThat(means).isEqualTo(meansBefore);
    assertThat(variances).isEqualTo(variancesBefore);
    assertThat(targets).isEqualTo(column(2, 9));
  }

  @Test
  void rejectsWhatIsNotAPrediction() {
    assertRejected(
        () -> RegressionUncertainty.predictiveMean(column(1, 2)), "[samples, batch, outputs]");
    assertRejected(
        () -> RegressionUncertainty.epistemicVariance(array(new double[] {Double.NaN}, 1, 1, 1)),
        "means[0, 0, 0] must be finite, got NaN");
    assertRejected(
        () -> RegressionUncertainty.aleatoricVariance(array(new double[] {1, -1}, 2, 1, 1)),
        "variances[1, 0, 0] must be finite and >= 0, got -1.0");
    assertRejected(
        () -> RegressionUncertainty.totalVariance(means, variances.reshape(2, 1, 2)),
        "means and variances must have the same shape, got [2, 2, 1] and [2, 1, 2]");
  }

  @Test
  void rejectsTargetsAndVariancesWithoutLikelihood() {
    INDArray zero = array(new double[] {0.5, 0, 1.5, 4}, 2, 2, 1);
    assertRejected(
        () -> RegressionUncertainty.mixtureNll(means, zero, column(2, 9)),
        "variances[0, 1, 0] must be finite and > 0, got 0.0");
    assertRejected(
        () -> RegressionUncertainty.mixtureNll(means, variances, array(new double[3], 3, 1)),
        "one sample of means and targets must have the same shape, got [2, 1] and [3, 1]");
    assertRejected(
        () -> RegressionUncertainty.mixtureNll(means, variances, column(2, Double.NaN)),
        "targets[1, 0] must be finite, got NaN");
  }

  private static INDArray column(double... values) {
    return array(values, values.length, 1);
  }

  private static double density(double value, double mean, double variance) {
    double deviation = (value - mean) / Math.sqrt(variance);
    return Math.exp(-0.5 * deviation * deviation) / Math.sqrt(2 * Math.PI * variance);
  }
}
