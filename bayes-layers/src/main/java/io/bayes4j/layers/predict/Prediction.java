package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.uncertainty.Uncertainty;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Class probabilities of a batch under many draws of the weights, and what they say together.
 *
 * <p>The spread over draws is epistemic: what the model does not know and more data could teach it.
 * The entropy of each draw is aleatoric: what no data can. See {@link Uncertainty} for the
 * formulas.
 *
 * <p>Where every place of an example has a class of its own, as in segmentation, the measures are
 * maps: shapes below end in the places, such as [N, K, H, W] and [N, H, W].
 */
public final class Prediction {
  private final INDArray probabilities;
  private final int dependent;

  /**
   * Probabilities [samples, N, K, places...].
   *
   * @param dependent how many draws in a row depend on each other
   */
  Prediction(INDArray probabilities, int dependent) {
    this.probabilities = probabilities;
    this.dependent = dependent;
  }

  /** Probabilities of every draw, [samples, N, K], or [samples, N, K, places...]. */
  public INDArray probabilities() {
    return probabilities;
  }

  /**
   * Probabilities of every draw with each place as an example of its own, [samples, N * places, K],
   * place after place as in a row-major array of labels [N, places...]: what {@link Calibration}
   * and {@link RefusalRule} take. Without places the probabilities themselves.
   */
  public INDArray rows() {
    return Places.rows(probabilities);
  }

  /** How many draws there are. */
  public int draws() {
    return Math.toIntExact(probabilities.size(0));
  }

  /**
   * Monte-Carlo standard error of each probability averaged over the draws, [N, K]: how far another
   * set of as many draws would lead, standard deviation over the root of their number, of the means
   * of pairs where draws are antithetic; NaN for one draw or pair.
   */
  public INDArray standardError() {
    return MeanErrors.of(probabilities, dependent);
  }

  /** Probabilities averaged over the draws, [N, K]: the prediction. */
  public INDArray mean() {
    return Places.measure(probabilities, Uncertainty::mean);
  }

  /** The most probable class of each example; with places those of {@link #rows}, in its order. */
  public int[] classes() {
    return Detached.argMax(mean());
  }

  /** The most probable class of each example and place, [N] or [N, places...], of type INT32. */
  public INDArray classMap() {
    return map(classes());
  }

  /** Variance of each probability over the draws, [N, K]. */
  public INDArray variance() {
    return Places.measure(probabilities, Uncertainty::variance);
  }

  /** Quantile of each probability over the draws, [N, K]; 0.5 is the median. */
  public INDArray quantile(double q) {
    Require.probability(q, "q");
    return Places.measure(probabilities, rows -> Uncertainty.quantile(rows, q));
  }

  /** The central interval that holds this share of the draws, for each probability. */
  public CredibleInterval interval(double level) {
    Require.probability(level, "level");
    return probabilities.rank() == 3
        ? Uncertainty.interval(probabilities, level)
        : new CredibleInterval(quantile((1 - level) / 2), quantile((1 + level) / 2));
  }

  /** Total uncertainty of each example: entropy of the mean, [N], in nats. */
  public INDArray predictiveEntropy() {
    return Places.measure(probabilities, Uncertainty::predictiveEntropy);
  }

  /** Aleatoric uncertainty of each example: mean of the entropies, [N], in nats. */
  public INDArray expectedEntropy() {
    return Places.measure(probabilities, Uncertainty::expectedEntropy);
  }

  /**
   * Epistemic uncertainty of each example: mutual information of class and weights, [N], in nats.
   */
  public INDArray mutualInformation() {
    return Places.measure(probabilities, Uncertainty::mutualInformation);
  }

  /**
   * The class of each example, or {@link RefusalRule#REFUSED} where the rule says "I don't know";
   * with places those of {@link #rows}, in its order.
   *
   * @param rule when to answer
   */
  public int[] decide(RefusalRule rule) {
    Require.argument(rule != null, "rule must not be null");
    return rule.decide(rows());
  }

  /** What {@link #decide} says, in the shape [N] or [N, places...], of type INT32. */
  public INDArray decisionMap(RefusalRule rule) {
    return map(decide(rule));
  }

  private INDArray map(int[] numbers) {
    long[] shape = probabilities.shape();
    long[] places = Arrays.copyOfRange(shape, 2, shape.length);
    places[0] = shape[1];
    INDArray map = Detached.create(DataType.INT32, places);
    map.data().asNioInt().put(numbers);
    return map;
  }
}
