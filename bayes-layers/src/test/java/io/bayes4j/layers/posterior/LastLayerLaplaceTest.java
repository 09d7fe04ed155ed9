package io.bayes4j.layers.posterior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LastLayerLaplaceTest {
  private static final double NOISE = 0.4;
  private static final double PRECISION = 1.7;

  /** Features between functions that are no layers, in a block of its own. */
  private static final class Inline extends Block {
    private final Slot<Layer> first = slot("first", new Linear(3, 4, Init.seeded(3)));
    private final Slot<Layer> head;

    Inline(Layer last) {
      head = slot("head", last);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return head.forward(Activations.tanh(first.forward(x, pass)), pass);
    }
  }

  /** Linear regression with a bias: inputs with a one, targets, and the exact posterior. */
  private static final class Regression {
    final SimpleMatrix x = new SimpleMatrix(Toys.EXAMPLES, 4);
    final SimpleMatrix y = new SimpleMatrix(Toys.EXAMPLES, 1);
    final SimpleMatrix covariance;
    final SimpleMatrix mean;
    final Linear layer = new Linear(3, 1, Init.seeded(1));

    Regression() {
      double[] eps = Doubles.of(Noise.seeded(5).normals(Toys.EXAMPLES));
      for (int n = 0; n < Toys.EXAMPLES; n++) {
        for (int p = 0; p < 3; p++) {
          x.set(n, p, Toys.X.getDouble(n, p));
        }
        x.set(n, 3, 1);
        y.set(n, 0, 0.5 * x.get(n, 0) - x.get(n, 1) + 0.3 + NOISE * eps[n]);
      }
      SimpleMatrix precision = x.transpose().mult(x).divide(NOISE * NOISE);
      covariance = precision.plus(SimpleMatrix.identity(4).scale(PRECISION)).invert();
      mean = covariance.mult(x.transpose().mult(y)).divide(NOISE * NOISE);
      for (int p = 0; p < 3; p++) {
        layer.parameters().get("weight").value().putScalar(0, p, mean.get(p));
      }
      layer.parameters().get("bias").value().putScalar(0, mean.get(3));
    }

    Dataset data() {
      INDArray targets = Nd4j.create(Toys.EXAMPLES, 1);
      for (int n = 0; n < Toys.EXAMPLES; n++) {
        targets.putScalar(n, 0, y.get(n, 0));
      }
      return Dataset.of(Toys.X, targets);
    }

    /** Log density of the targets under N(0, noise^2 I + X X' / precision). */
    double logEvidence(double precision) {
      int n = Toys.EXAMPLES;
      SimpleMatrix k =
          x.mult(x.transpose())
              .divide(precision)
              .plus(SimpleMatrix.identity(n).scale(NOISE * NOISE));
      double square = y.transpose().mult(k.invert()).mult(y).get(0);
      return -0.5 * (square + Math.log(k.determinant()) + n * Math.log(2 * Math.PI));
    }
  }

  private static LastLayerLaplace fit(
      Layer model, Dataset data, Likelihood likelihood, LaplaceCovariance covariance) {
    return LastLayerLaplace.fit(model, data, likelihood, covariance);
  }

  @ParameterizedTest
  @EnumSource(
      value = LaplaceCovariance.class,
      names = {"FULL", "KRONECKER"})
  void forLinearRegressionThePosteriorIsExact(LaplaceCovariance kind) {
    Regression exact = new Regression();
    LastLayerLaplace laplace =
        fit(exact.layer, exact.data(), Likelihood.gaussian(NOISE), kind).priorPrecision(PRECISION);

    INDArray x = Noise.seeded(8).normals(6, 3).mul(2);
    double[] variance = Doubles.of(laplace.variance(x));
    RegressionPrediction sampled = laplace.samples(5000).regress(x, NOISE);
    for (int n = 0; n < 6; n++) {
      SimpleMatrix row = new SimpleMatrix(4, 1);
      for (int p = 0; p < 3; p++) {
        row.set(p, 0, x.getDouble(n, p));
      }
      row.set(3, 0, 1);
      double expected = row.transpose().mult(exact.covariance).mult(row).get(0);
      double mean = row.transpose().mult(exact.mean).get(0);
      assertThat(variance[n]).isCloseTo(expected, within(1e-5 * expected));
      assertThat(sampled.mean().getDouble(n, 0))
          .isCloseTo(mean, within(5 * Math.sqrt(expected / 5000)));
      assertThat(sampled.epistemicVariance().getDouble(n, 0))
          .isCloseTo(expected, within(0.1 * expected));
    }
    assertThat(laplace.logMarginalLikelihood())
        .isCloseTo(exact.logEvidence(PRECISION), within(1e-3));
  }

  @Test
  void thePriorOfTheFitIsTheOneOfGreatestMarginalLikelihood() {
    Regression exact = new Regression();
    LastLayerLaplace best =
        fit(exact.layer, exact.data(), Likelihood.gaussian(NOISE), LaplaceCovariance.FULL);
    assertThat(best.priorPrecision()).isBetween(0.1, 100.0);
    for (double factor : new double[] {0.01, 0.5, 0.95, 1.05, 2, 100}) {
      LastLayerLaplace other = best.priorPrecision(factor * best.priorPrecision());
      assertThat(other.logMarginalLikelihood()).isLessThan(best.logMarginalLikelihood());
    }
  }

  @ParameterizedTest
  @EnumSource(LaplaceCovariance.class)
  void classifiesAsTheNetworkAndDoubtsWhatIsFarAway(LaplaceCovariance kind) throws IOException {
    Sequential model = Toys.perceptron(1);
    Trainer.of(model, Losses.crossEntropy(), Toys.classes())
        .epochs(40)
        .batchSize(20)
        .learningRate(Schedule.constant(0.02))
        .build()
        .fit();
    LastLayerLaplace laplace = fit(model, Toys.classes(), Likelihood.classes(), kind).samples(200);
    Prediction prediction = laplace.classify(Toys.X);
    assertThat(Calibration.accuracy(prediction.mean(), Toys.labels())).isGreaterThan(0.9);
    assertThat(prediction.probabilities().size(0)).isEqualTo(200);
    assertThat(prediction.mutualInformation().minNumber().doubleValue()).isPositive();
    double plain = confidence(MonteCarlo.atMean(model).classify(Toys.X));
    double averaged = confidence(prediction);
    assertThat(averaged).isLessThan(plain);
    assertThat(confidence(laplace.probit().classify(Toys.X))).isBetween(averaged, plain);
  }

  /** A prior that leaves the shift of all logits free must not make probit doubt. */
  @Test
  void probitDoesNotCountAShiftOfAllLogits() {
    Sequential model = Toys.perceptron(1);
    LastLayerLaplace laplace =
        fit(model, Toys.classes(), Likelihood.classes(), LaplaceCovariance.FULL);
    double tight = confidence(laplace.priorPrecision(1e-3).probit().classify(Toys.X));
    double loose = confidence(laplace.priorPrecision(1e-5).probit().classify(Toys.X));
    assertThat(loose).isCloseTo(tight, within(1e-2));
  }

  @Test
  void withoutDoubtProbitIsTheSoftmaxOfTheNetwork() {
    Sequential model = Toys.perceptron(1);
    LastLayerLaplace laplace =
        fit(model, Toys.classes(), Likelihood.classes(), LaplaceCovariance.DIAGONAL);
    Doubles.assertClose(
        "probabilities",
        laplace.priorPrecision(1e9).probit().classify(Toys.X).mean(),
        MonteCarlo.atMean(model).classify(Toys.X).mean(),
        1e-5);
  }

  private static double confidence(Prediction prediction) {
    return prediction.mean().max(1).meanNumber().doubleValue();
  }

  @Test
  void aSharpPriorGivesTheNetworkItself() {
    Inline model = new Inline(new Linear(4, 2, false, Init.seeded(4)));
    LastLayerLaplace laplace =
        fit(model, Toys.classes(), Likelihood.classes(), LaplaceCovariance.FULL)
            .priorPrecision(1e12)
            .samples(1)
            .batchSize(7);
    Doubles.assertClose(
        "outputs", laplace.outputs(Toys.X), MonteCarlo.atMean(model).outputs(Toys.X), 1e-4);
    assertThat(model.slots().get(1).layer()).isInstanceOf(Linear.class);
  }

  @Test
  void anExamplesPredictionDoesNotDependOnItsBatchAndFollowsTheSeed() {
    LastLayerLaplace laplace =
        fit(Toys.perceptron(1), Toys.classes(), Likelihood.classes(), LaplaceCovariance.KRONECKER);
    INDArray whole = laplace.outputs(Toys.X);
    Doubles.assertClose("batches", laplace.batchSize(7).outputs(Toys.X), whole, 1e-5);
    assertThat(Doubles.of(laplace.seed(1).outputs(Toys.X))).isNotEqualTo(Doubles.of(whole));
  }

  @Test
  void modelsThatDoNotEndInALinearAreRefused() {
    Init init = Init.seeded(1);
    Linear tied = new Linear(3, 3, init);
    refused(Sequential.of(new Linear(3, 2, init), Activation.TANH), "got TANH at \"1\"");
    refused(
        Sequential.of(new LinearFlipout(3, 2, VariationalSpec.defaults(), init)), "LinearFlipout");
    refused(Sequential.of(tied, tied), "used once in a pass");
  }

  /** Nothing is put into the slot, so that it may ask for a type. */
  @Test
  void aSlotForDenseLayersAloneWillDo() {
    Slotted typed = new Slotted(new Linear(3, 2, Init.seeded(1)));
    LastLayerLaplace laplace =
        fit(typed, Toys.classes(), Likelihood.classes(), LaplaceCovariance.FULL);
    Doubles.assertClose(
        "outputs",
        laplace.priorPrecision(1e12).samples(1).outputs(Toys.X),
        MonteCarlo.atMean(typed).outputs(Toys.X),
        1e-4);
  }

  /** A block whose slot takes dense layers alone. */
  private static final class Slotted extends Block {
    private final Slot<Linear> only;

    Slotted(Linear linear) {
      only = slot("only", Linear.class, linear);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return only.forward(x, pass);
    }
  }

  private static void refused(Layer model, String message) {
    assertThatThrownBy(
            () -> fit(model, Toys.classes(), Likelihood.classes(), LaplaceCovariance.DIAGONAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void badNumbersAreNamed() {
    Sequential model = Toys.perceptron(1);
    LastLayerLaplace laplace =
        fit(model, Toys.classes(), Likelihood.classes(), LaplaceCovariance.FULL);
    assertThatThrownBy(() -> laplace.priorPrecisionOfLeast(p -> Double.NaN))
        .hasMessage("loss must be finite for a precision, its least is Infinity");
    assertThatThrownBy(() -> laplace.priorPrecision(0)).hasMessageContaining("priorPrecision");
    assertThatThrownBy(() -> laplace.samples(0)).hasMessageContaining("samples");
    assertThatThrownBy(() -> Likelihood.gaussian(-1)).hasMessageContaining("sigma");
    assertThatThrownBy(() -> laplace.classify(Nd4j.ones(2, 5))).hasMessageContaining("[2, 5]");
    Linear large = new Linear(3, 3000, Init.seeded(1));
    Dataset data = Dataset.of(Toys.X, new int[Toys.EXAMPLES], 3000);
    assertThatThrownBy(() -> fit(large, data, Likelihood.classes(), LaplaceCovariance.FULL))
        .hasMessageContaining("8192")
        .hasMessageContaining("KRONECKER");
  }

  @Test
  void thePrecisionThatPredictsBestIsFoundAmongMultiples() {
    LastLayerLaplace laplace =
        fit(Toys.perceptron(1), Toys.classes(), Likelihood.classes(), LaplaceCovariance.KRONECKER);
    double evidence = laplace.priorPrecision();
    for (double wanted : new double[] {1e-2, 1, 10, 1e4}) {
      LastLayerLaplace best =
          laplace
              .priorPrecision(7)
              .samples(3)
              .priorPrecisionOfLeast(p -> distance(p, wanted * evidence));
      assertThat(best.priorPrecision()).isCloseTo(wanted * evidence, withinPercentage(1e-6));
      assertThat(best.outputs(Toys.X).size(0)).isEqualTo(3);
    }
  }

  /** No number for the candidates below, which must not win. */
  private static double distance(Predictor p, double wanted) {
    double steps = Math.log(((LastLayerLaplace) p).priorPrecision() / wanted);
    return steps < -0.1 ? Double.NaN : steps;
  }
}
