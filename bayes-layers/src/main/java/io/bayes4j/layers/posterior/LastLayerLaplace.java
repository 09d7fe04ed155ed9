package io.bayes4j.layers.posterior;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Batch;
import io.bayes4j.layers.train.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

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

  /** Examples whose variances are computed at once. */
  private static final int ROWS = 1024;

  private static final long MOST_NUMBERS = 1L << 29;

  private final Fit fit;
  private final double precision;
  private final int samples;
  private final int batchSize;
  private final long seed;
  private final LaplaceDraws draws;

  /** What does not depend on the prior. */
  private record Fit(
      LastLinear layer,
      Likelihood.Kind likelihood,
      LaplaceCovariance covariance,
      LaplaceMoments moments,
      double logLikelihood) {}

  private LastLayerLaplace(Fit fit, double precision, int samples, int batchSize, long seed) {
    this(
        fit,
        precision,
        samples,
        batchSize,
        seed,
        new LaplaceDraws(fit.moments, fit.layer.units(), precision, samples, seed));
  }

  private LastLayerLaplace(
      Fit fit, double precision, int samples, int batchSize, long seed, LaplaceDraws draws) {
    this.fit = fit;
    this.precision = precision;
    this.samples = samples;
    this.batchSize = batchSize;
    this.seed = seed;
    this.draws = draws;
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
    Require.nonNull(model, "model");
    Require.nonNull(data, "data");
    Require.nonNull(likelihood, "likelihood");
    Require.nonNull(covariance, "covariance");
    // Of almost equal size: batch normalisation without running statistics needs more than one.
    int steps = (data.size() + BATCH - 1) / BATCH;
    LastLinear layer = LastLinear.of(model, batch(data, 0, steps).inputs());
    double[] weights = layer.weights();
    CurvatureSum sum = covariance.start(layer.units(), layer.perUnit());
    INDArray kernel = Matrices.floats(weights, layer.units(), layer.perUnit());
    double logLikelihood = 0;
    for (int step = 0; step < steps; step++) {
      Batch batch = batch(data, step, steps);
      INDArray features = layer.features(batch.inputs(), BATCH);
      INDArray outputs = Kernels.matmul(features, false, kernel, true);
      double loss =
          likelihood
              .loss()
              .weighted(Var.constant(outputs), batch.targets(), batch.weights())
              .item();
      logLikelihood -= loss * batch.inputs().size(0);
      Bends bends = likelihood.bends(Matrices.doubles(outputs), layer.units());
      sum.add(
          new RowSums.Rows(Matrices.doubles(features), layer.perUnit()),
          batch.weights() == null ? bends : bends.times(Matrices.doubles(batch.weights())));
    }
    Require.argument(
        Double.isFinite(logLikelihood),
        "the training data must have a finite likelihood, got %s",
        logLikelihood);
    LaplaceMoments moments = new LaplaceMoments(weights, sum.curvature());
    Fit fit = new Fit(layer, likelihood.kind(), covariance, moments, logLikelihood);
    return new LastLayerLaplace(fit, moments.bestPrecision(), 30, BATCH, 0);
  }

  /**
   * Reads a posterior that {@link #save} wrote, and its network's weights into the model.
   *
   * @param model of the architecture that was saved
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if the file holds something else, or that of another
   *     architecture; the model is not changed then
   */
  public static LastLayerLaplace load(Path file, Layer model) throws IOException {
    Require.nonNull(file, "file");
    Require.nonNull(model, "model");
    LaplaceFile.Content content = LaplaceFile.load(file, model);
    Fit fit =
        new Fit(
            content.layer(),
            content.likelihood(),
            content.covariance(),
            content.moments(),
            content.logLikelihood());
    return new LastLayerLaplace(
        fit, content.precision(), content.samples(), content.batchSize(), content.seed());
  }

  /**
   * Writes the posterior and its network into one safetensors file, under a temporary name first;
   * what is loaded from it predicts with the same numbers. Draws are not saved but made again.
   *
   * @throws IOException if the file cannot be written; an older one is then left as it was
   */
  public void save(Path file) throws IOException {
    Require.nonNull(file, "file");
    LaplaceFile.save(
        file,
        new LaplaceFile.Content(
            fit.layer,
            fit.likelihood,
            fit.covariance,
            fit.moments,
            fit.logLikelihood,
            precision,
            samples,
            batchSize,
            seed));
  }

  private static Batch batch(Dataset data, int step, int steps) {
    int from = (int) ((long) data.size() * step / steps);
    int to = (int) ((long) data.size() * (step + 1) / steps);
    return data.batch(IntStream.range(from, to).toArray());
  }

  /**
   * The same with another precision of the prior, 1 / variance, in place of the most probable one.
   *
   * @throws IllegalArgumentException if it is not finite and above zero
   */
  @CheckReturnValue
  public LastLayerLaplace priorPrecision(double number) {
    Require.positive(number, "priorPrecision");
    return new LastLayerLaplace(fit, number, samples, batchSize, seed);
  }

  /**
   * The same with the precision of the prior that predicts held-out examples best, of the most
   * probable one times 10^-2, 10^-1.5, and so on to 10^4. The most probable precision explains how
   * large the weights are; a network that was trained without a prior has large ones, and the
   * posterior then is wider than its predictions bear.
   *
   * @param loss of a predictor on examples that nothing was trained on, such as their negative
   *     log-likelihood; a candidate whose loss is not a number is passed over
   * @throws IllegalArgumentException if no candidate has a finite loss
   */
  @CheckReturnValue
  public LastLayerLaplace priorPrecisionOfLeast(ToDoubleFunction<? super Predictor> loss) {
    Require.nonNull(loss, "loss");
    double best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int half = -4; half <= 8; half++) {
      double candidate = fit.moments.bestPrecision() * Math.pow(10, half / 2.0);
      double there = loss.applyAsDouble(priorPrecision(candidate));
      if (there < least) {
        best = candidate;
        least = there;
      }
    }
    Require.argument(
        Double.isFinite(least), "loss must be finite for a precision, its least is %s", least);
    return priorPrecision(best);
  }

  /**
   * The same with another number of draws; 30 unless set. The first prediction makes them, which
   * takes four products of matrices for each; up to 512 MB of them are kept for the next ones.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  @CheckReturnValue
  public LastLayerLaplace samples(int number) {
    Require.positive((long) number, "samples");
    return new LastLayerLaplace(fit, precision, number, batchSize, seed);
  }

  /**
   * The same with another number of examples at a time; 256 unless set.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  @CheckReturnValue
  public LastLayerLaplace batchSize(int number) {
    Require.positive((long) number, "batchSize");
    return new LastLayerLaplace(fit, precision, samples, number, seed, draws);
  }

  /** The same with other draws; seed 0 unless set. */
  @CheckReturnValue
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
    Require.open(x, "x");
    INDArray features = fit.layer.features(x, batchSize);
    INDArray all = Detached.forDraws(samples, features.size(0), fit.layer.units());
    draws.each(
        (s, kernel) ->
            Detached.copy(
                Kernels.matmul(features, false, kernel, true), all.get(NDArrayIndex.point(s))));
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
    return variances(fit.layer.features(x, batchSize), false);
  }

  /**
   * Covariances of the outputs of each example under the posterior of the weights, [N, units,
   * units], without sampling.
   *
   * @param x inputs, the first axis counting the examples
   * @throws IllegalArgumentException if x does not fit the model, or there would be more than 2^29
   *     numbers
   */
  public INDArray covariance(INDArray x) {
    INDArray features = fit.layer.features(x, batchSize);
    double numbers = (double) features.size(0) * fit.layer.units() * fit.layer.units();
    Require.argument(
        numbers <= MOST_NUMBERS,
        "covariances of %d examples and %d outputs must be at most %d numbers, are %.0f",
        features.size(0),
        fit.layer.units(),
        MOST_NUMBERS,
        numbers);
    return fit.moments.curvature().covariances(features, precision);
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
    Likelihood.Kind kind = fit.likelihood;
    Require.argument(
        kind != Likelihood.Kind.NUMBERS, "probit is for classes and labels, not for numbers");
    boolean labels = kind == Likelihood.Kind.LABELS;
    Require.argument(
        labels || fit.layer.units() > 1, "probit needs 2 or more classes, got 1 output");
    INDArray kernel = Matrices.floats(fit.moments.mean(), fit.layer.units(), fit.layer.perUnit());
    return x -> {
      INDArray features = fit.layer.features(x, batchSize);
      INDArray logits = Kernels.matmul(features, false, kernel, true);
      double[] variances = Matrices.doubles(variances(features, !labels));
      Matrices.map(logits, (m, i) -> m / Math.sqrt(1 + Math.PI / 8 * variances[(int) i]));
      return Detached.reshape(logits, 1, logits.size(0), logits.size(1));
    };
  }

  /** Variances of the outputs, [N, units], for a bounded number of examples at a time. */
  private INDArray variances(INDArray features, boolean centred) {
    INDArray all = Matrices.create(features.size(0), fit.layer.units());
    for (long from = 0; from < features.size(0); from += ROWS) {
      INDArrayIndex some = NDArrayIndex.interval(from, Math.min(features.size(0), from + ROWS));
      INDArray rows = Matrices.copy(features.get(some));
      Detached.copy(fit.moments.curvature().variances(rows, precision, centred), all.get(some));
    }
    return all;
  }
}
