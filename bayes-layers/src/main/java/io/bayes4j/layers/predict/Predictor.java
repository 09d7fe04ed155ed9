package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Softmax;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.loss.Losses;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to predict with many networks instead of one: each draws what it holds to be plausible
 * networks, and where these disagree it does not know.
 *
 * <p>Variational layers, dropout, ensembles, SWAG and Laplace differ only in where the networks
 * come from, so that a line compares them:
 *
 * <pre>{@code
 * for (Predictor way : List.of(MonteCarlo.of(bayesian), ensemble)) {
 *   INDArray doubt = way.classify(images).mutualInformation();
 * }
 * }</pre>
 */
@FunctionalInterface
public interface Predictor {
  /**
   * What the model returns for every draw.
   *
   * @param x inputs, the first axis counting the examples
   * @return [samples, N, ...], row-major and the caller's to change
   * @throws IllegalArgumentException if x is empty, not finite, or of a shape that does not fit the
   *     model
   */
  INDArray outputs(INDArray x);

  /**
   * How many draws in a row depend on each other, which standard errors have to know: 2 for
   * antithetic pairs, and 1, independent draws, unless overridden.
   */
  default int dependentDraws() {
    return 1;
  }

  /**
   * Class probabilities of every draw, for a model trained with {@link Losses#crossEntropy()}: one
   * that returns logits [N, K], or [N, K, places...] where every place has a class of its own, as
   * in segmentation. The softmax is applied here: a model that ends in one gives answers that are
   * far too unsure, which is said in the log, once for each predictor, when all outputs sum to one.
   *
   * <p>For one yes-or-no question see {@link #classifyBinary}, for several independent ones {@link
   * #classifyLabels}.
   *
   * @param x inputs, the first axis counting the examples
   * @throws IllegalArgumentException if x is empty, not finite, or of a shape that does not fit the
   *     model, or the model returns one number for each example
   */
  default Prediction classify(INDArray x) {
    Require.open(x, "x");
    INDArray logits = Rows.of(this, x);
    Outputs.requireClasses(logits);
    Outputs.warnOfProbabilities(this, logits);
    Softmax.inPlace(logits, 2);
    return new Prediction(logits, dependentDraws());
  }

  /**
   * Probabilities of no and yes in every draw, for a model with one logit for each example that was
   * trained with {@link Losses#binaryCrossEntropy()}: [N] or [N, 1], or [N, 1, places...] where
   * every place has an answer of its own.
   *
   * @param x inputs, the first axis counting the examples
   * @return a prediction of two classes, 0 for no and 1 for yes
   * @throws IllegalArgumentException if x is empty, not finite, or of a shape that does not fit the
   *     model, or the model returns more than one logit
   */
  default Prediction classifyBinary(INDArray x) {
    INDArray logits = Rows.of(this, x);
    Outputs.requireOneLogit(logits);
    Outputs.warnOfSigmoid(this, logits);
    return new Prediction(TwoClasses.ofLogits(logits), dependentDraws());
  }

  /**
   * Probabilities of K independent labels in every draw, any number of which may hold, for a model
   * trained with {@link Losses#binaryCrossEntropy()}: one that returns logits [N, K], or [N, K,
   * places...].
   *
   * @param x inputs, the first axis counting the examples
   * @throws IllegalArgumentException if x is empty, not finite, or of a shape that does not fit the
   *     model, or the model returns no axis of labels
   */
  default LabelPrediction classifyLabels(INDArray x) {
    INDArray logits = Rows.of(this, x);
    Outputs.requireLabels(logits);
    Outputs.warnOfSigmoid(this, logits);
    Sigmoid.inPlace(logits);
    return new LabelPrediction(logits, dependentDraws());
  }

  /**
   * Gaussians of every draw, for a model trained with {@link Losses#gaussianNll()}, which returns
   * [N, 2 D], or [N, 2 D, places...] with Gaussians at every place.
   *
   * @param x inputs, the first axis counting the examples
   * @throws IllegalArgumentException if x does not fit the model, or the model returns an odd
   *     number of outputs
   */
  default RegressionPrediction regress(INDArray x) {
    Require.open(x, "x");
    INDArray y = Rows.of(this, x);
    Require.argument(
        y.rank() >= 3 && y.size(2) % 2 == 0,
        "the model must return [N, 2 D], means and spreads, got shape %s for each draw",
        Require.text(Arrays.copyOfRange(y.shape(), 1, y.rank())));
    long outputs = y.size(2) / 2;
    Var raw = Ops.slice(Var.constant(y), 2, outputs, 2 * outputs);
    INDArray variances = Gradients.off(() -> Losses.variance(raw).value());
    return new RegressionPrediction(
        Ops.slice(Var.constant(y), 2, 0, outputs).value(), variances, dependentDraws());
  }

  /**
   * Gaussians of every draw, for a model that returns means [N, D], or [N, D, places...], and a
   * known observation noise.
   *
   * @param x inputs, the first axis counting the examples
   * @param sigma standard deviation of the noise, as in {@link Losses#gaussianNll(double)}
   * @throws IllegalArgumentException if x does not fit the model, or sigma is not finite and above
   *     zero
   */
  default RegressionPrediction regress(INDArray x, double sigma) {
    Require.open(x, "x");
    Require.positiveAsFloat(sigma, "sigma");
    Require.argument(
        Float.isFinite((float) (sigma * sigma)),
        "sigma must have a square that is finite as a float, got %s",
        sigma);
    INDArray means = Rows.of(this, x);
    Require.argument(
        means.rank() >= 3, "the model must return [N, D], got rank %d", means.rank() - 1);
    return new RegressionPrediction(
        means, Detached.fill(Detached.like(means), sigma * sigma), dependentDraws());
  }
}
