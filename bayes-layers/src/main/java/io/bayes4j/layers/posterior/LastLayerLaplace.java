package io.bayes4j.layers.posterior;

import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Batch;
import io.bayes4j.layers.train.Dataset;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A Gaussian over the weights of a trained network's last dense layer, around those weights and as
 * wide as the likelihood and a prior N(0, 1 / precision) leave them (MacKay 1992; Daxberger et al.
 * 2021): uncertainty after training, in one pass over the data.
 *
 * <pre>{@code
 * LastLayerLaplace laplace =
 *     LastLayerLaplace.fit(model, data, Likelihood.classes(), LaplaceCovariance.KRONECKER);
 * Prediction prediction = laplace.samples(100).classify(images);
 * }</pre>
 *
 * <p>The covariance is (H + precision I)^-1, H being the generalized Gauss-Newton matrix, which for
 * these likelihoods is the Fisher matrix. The network itself runs once for a prediction, however
 * many draws there are. Immutable; the weights are those at the time of the fit, of the last layer
 * a copy, of the others not: do not train the network on.
 */
public final class LastLayerLaplace implements Predictor {
  private static final int BATCH = 256;

  private final Fit fit;
  private final double precision;
  private final int samples;
  private final int batchSize;
  private final long seed;

  /** What does not depend on the prior. */
  private record Fit(
      LastLinear layer, Likelihood likelihood, LaplaceMoments moments, double logLikelihood) {}

  private LastLayerLaplace(Fit fit, double precision, int samples, int batchSize, long seed) {
    this.fit = fit;
    this.precision = precision;
    this.samples = samples;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /**
   * Fits it, with the precision of the prior that makes the training data most probable.
   *
   * @param model trained, with a {@link io.bayes4j.layers.Linear} as its last layer
   * @param data the training data
   * @param likelihood the loss that the network was trained with, as a likelihood
   * @param covariance what is kept of the covariance
   * @throws IllegalArgumentException if the model's output is not that of a Linear with one row of
   *     features for each example, the data do not fit, or the layer is too large for a full
   *     covariance
   */
  public static LastLayerLaplace fit(
      Layer model, Dataset data, Likelihood likelihood, LaplaceCovariance covariance) {
    LastLinear layer = LastLinear.of(model, data.batch(0).inputs());
    double[] weights = layer.weights();
    CurvatureSum sum = covariance.start(layer.units(), layer.perUnit());
    INDArray kernel = matrix(weights, layer);
    double logLikelihood = 0;
    for (int from = 0; from < data.size(); from += BATCH) {
      int to = Math.min(data.size(), from + BATCH);
      Batch batch = data.batch(IntStream.range(from, to).toArray());
      INDArray features = layer.features(batch.inputs(), BATCH);
      INDArray outputs = Kernels.matmul(features, false, kernel, true);
      double loss =
          likelihood
              .loss()
              .weighted(Var.constant(outputs), batch.targets(), batch.weights())
              .item();
      logLikelihood -= loss * (to - from);
      sum.add(features, bends(outputs, likelihood, batch.weights()));
    }
    LaplaceMoments moments = new LaplaceMoments(weights, sum.curvature());
    Fit fit = new Fit(layer, likelihood, moments, logLikelihood);
    return new LastLayerLaplace(fit, moments.bestPrecision(), 30, BATCH, 0);
  }

  private static double[][][] bends(INDArray outputs, Likelihood likelihood, INDArray weights) {
    int units = Math.toIntExact(outputs.size(1));
    double[] flat = outputs.dup('c').data().asDouble();
    double[][][] bends = new double[flat.length / units][][];
    for (int n = 0; n < bends.length; n++) {
      bends[n] = likelihood.bend(Arrays.copyOfRange(flat, n * units, (n + 1) * units));
      double weight = weights == null ? 1 : weights.getDouble(n);
      for (double[] row : bends[n]) {
        Arrays.setAll(row, k -> weight * row[k]);
      }
    }
    return bends;
  }

  /**
   * The same with another precision of the prior, 1 / variance, in place of the most probable one.
   *
   * @throws IllegalArgumentException if it is not finite and above zero
   */
  public LastLayerLaplace priorPrecision(double number) {
    Require.positive(number, "priorPrecision");
    return new LastLayerLaplace(fit, number, samples, batchSize, seed);
  }

  /**
   * The same with another number of draws; 30 unless set. They are cheap.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  public LastLayerLaplace samples(int number) {
    Require.positive((long) number, "samples");
    return new LastLayerLaplace(fit, precision, number, batchSize, seed);
  }

  /**
   * The same with another number of examples at a time; 256 unless set.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  public LastLayerLaplace batchSize(int number) {
    Require.positive((long) number, "batchSize");
    return new LastLayerLaplace(fit, precision, samples, number, seed);
  }

  /** The same with other draws; seed 0 unless set. */
  public LastLayerLaplace seed(long number) {
    return new LastLayerLaplace(fit, precision, samples, batchSize, number);
  }

  /** The precision of the prior. */
  public double priorPrecision() {
    return precision;
  }

  /**
   * Laplace's estimate of log p(training data | precision of the prior), in nats; exact for a
   * linear layer with Gaussian noise at its most probable weights.
   */
  public double logMarginalLikelihood() {
    return fit.logLikelihood + fit.moments.logOccamFactor(precision);
  }

  @Override
  public INDArray outputs(INDArray x) {
    INDArray features = fit.layer.features(x, batchSize);
    long[] shape = {samples, features.size(0), fit.layer.units()};
    INDArray all = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    Noise noise = Noise.seeded(seed).split("laplace");
    for (int s = 0; s < samples; s++) {
      INDArray kernel = matrix(fit.moments.draw(precision, noise.split(s)), fit.layer);
      all.slice(s).assign(Kernels.matmul(features, false, kernel, true));
    }
    return all;
  }

  /**
   * Variance of each output under the posterior of the weights, [N, units], without sampling; of
   * Gaussian noise it is the epistemic part alone.
   *
   * @param x inputs, the first axis counting the examples
   * @throws IllegalArgumentException if x does not fit the model
   */
  public INDArray variance(INDArray x) {
    INDArray features = fit.layer.features(x, batchSize);
    return variances(features, LastLayerLaplace::alone);
  }

  /**
   * The same posterior, predicting classes without draws: with the mean m and variance v of each
   * logit, the probabilities are the softmax of m / sqrt(1 + pi v / 8) (MacKay 1992; Gibbs 1998).
   *
   * <p>The formula takes the logits as uncorrelated. So that a shift of all logits, which no
   * probability depends on, does not count as doubt, v is the variance of a logit less the mean of
   * all K, times K / (K - 1): of uncorrelated logits it is the variance itself. Of {@link
   * Likelihood#labels} v is the variance of the logit, and the probabilities are the sigmoids. The
   * prediction has one draw and therefore no spread.
   *
   * @throws IllegalArgumentException if the likelihood is Gaussian, or of one class
   */
  public Predictor probit() {
    Likelihood.Kind kind = fit.likelihood.kind();
    Require.argument(
        kind != Likelihood.Kind.NUMBERS, "probit is for classes and labels, not for numbers");
    boolean labels = kind == Likelihood.Kind.LABELS;
    Require.argument(
        labels || fit.layer.units() > 1, "probit needs 2 or more classes, got 1 output");
    BiFunction<Integer, Integer, double[]> factors =
        labels ? LastLayerLaplace::alone : LastLayerLaplace::centred;
    return x -> {
      INDArray features = fit.layer.features(x, batchSize);
      INDArray mean = Kernels.matmul(features, false, matrix(fit.moments.mean(), fit.layer), true);
      INDArray width = variances(features, factors).muli(Math.PI / 8).addi(1);
      INDArray logits = mean.div(Transforms.sqrt(width)).dup('c');
      return logits.reshape(1, logits.size(0), logits.size(1));
    };
  }

  /** Factors of an output alone. */
  private static double[] alone(int output, int outputs) {
    double[] factors = new double[outputs];
    factors[output] = 1;
    return factors;
  }

  /** Factors of an output less the mean of all, scaled for its variance to be K / (K - 1) times. */
  private static double[] centred(int output, int outputs) {
    double[] factors = new double[outputs];
    Arrays.fill(factors, -1.0 / outputs);
    factors[output] += 1;
    double scale = Math.sqrt(outputs / (outputs - 1.0));
    return Arrays.stream(factors).map(factor -> scale * factor).toArray();
  }

  /** Variances of sums of the outputs, [N, units]. */
  private INDArray variances(INDArray features, BiFunction<Integer, Integer, double[]> factors) {
    int units = fit.layer.units();
    int perUnit = fit.layer.perUnit();
    INDArray all = Nd4j.create(DataType.FLOAT, features.size(0), units);
    for (int k = 0; k < units; k++) {
      double[] covariance = fit.moments.covariance(factors.apply(k, units), precision);
      INDArray form = Nd4j.createFromArray(toFloats(covariance)).reshape(perUnit, perUnit);
      INDArray products = Kernels.matmul(features, false, form, false).mul(features);
      all.putColumn(k, products.sum(1));
    }
    return all;
  }

  /** Weights as a kernel [units, features], the bias in the column that meets the ones. */
  private static INDArray matrix(double[] weights, LastLinear layer) {
    return Nd4j.createFromArray(toFloats(weights)).reshape(layer.units(), layer.perUnit());
  }

  private static float[] toFloats(double[] doubles) {
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }
}
