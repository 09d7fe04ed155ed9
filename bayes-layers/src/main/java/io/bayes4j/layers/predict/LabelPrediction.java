package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.RefusalRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Answers of a batch to K independent yes-or-no questions under many draws of the weights: any
 * number of an example's labels may hold.
 *
 * <p>Every measure is that of one label, [N, K], or [N, K, places...]. The labels are independent
 * in each draw, so that the expected entropy of all together is the sum over the labels; the
 * predictive entropy is not, since they depend on the same weights.
 */
public final class LabelPrediction {
  private final INDArray probabilities;
  private final int dependent;

  /**
   * Probabilities of yes [samples, N, K, places...].
   *
   * @param dependent how many draws in a row depend on each other
   */
  LabelPrediction(INDArray probabilities, int dependent) {
    this.probabilities = probabilities;
    this.dependent = dependent;
  }

  /** Probabilities of yes in every draw, [samples, N, K], or [samples, N, K, places...]. */
  public INDArray probabilities() {
    return probabilities;
  }

  /** Number of labels K. */
  public int labels() {
    return Math.toIntExact(probabilities.size(2));
  }

  /**
   * One label as a prediction of two classes, 0 for no and 1 for yes, to which the measures, {@link
   * Calibration} and {@link RefusalRule} apply.
   *
   * @throws IllegalArgumentException if there is no such label
   */
  public Prediction label(int number) {
    Require.argument(
        number >= 0 && number < labels(), "label must be in [0, %d), got %d", labels(), number);
    return new Prediction(TwoClasses.ofProbabilities(probabilities, number), dependent);
  }

  /** How many draws there are. */
  public int draws() {
    return Math.toIntExact(probabilities.size(0));
  }

  /**
   * Monte-Carlo standard error of each probability of yes averaged over the draws, [N, K]: how far
   * another set of as many draws would lead, standard deviation over the root of their number; NaN
   * for one draw.
   */
  public INDArray standardError() {
    return MeanErrors.of(probabilities, dependent);
  }

  /** Probabilities of yes averaged over the draws, [N, K]: the prediction. */
  public INDArray mean() {
    return ofEachLabel(label -> positive(label.mean()));
  }

  /** Variance of each probability of yes over the draws, [N, K]. */
  public INDArray variance() {
    return ofEachLabel(label -> positive(label.variance()));
  }

  /** Quantile of each probability of yes over the draws, [N, K]; 0.5 is the median. */
  public INDArray quantile(double q) {
    return ofEachLabel(label -> positive(label.quantile(q)));
  }

  /** Total uncertainty of each label: entropy of the mean, [N, K], in nats, at most log 2. */
  public INDArray predictiveEntropy() {
    return ofEachLabel(Prediction::predictiveEntropy);
  }

  /** Aleatoric uncertainty of each label: mean of the entropies, [N, K], in nats. */
  public INDArray expectedEntropy() {
    return ofEachLabel(Prediction::expectedEntropy);
  }

  /** Epistemic uncertainty: mutual information of each label and the weights, [N, K], in nats. */
  public INDArray mutualInformation() {
    return ofEachLabel(Prediction::mutualInformation);
  }

  /** 1 where yes is more probable than no, else 0, [N, K], of type FLOAT. */
  public INDArray answers() {
    return ofEachLabel(label -> Detached.cast(label.classMap(), DataType.FLOAT));
  }

  /**
   * 1 or 0 for each label, or {@link RefusalRule#REFUSED} where the rule says "I don't know", [N,
   * K], of type FLOAT.
   *
   * @param rule when to answer
   */
  public INDArray decide(RefusalRule rule) {
    return ofEachLabel(label -> Detached.cast(label.decisionMap(rule), DataType.FLOAT));
  }

  /**
   * Scores of each label, as of a prediction of two classes: the Brier score is the sum over both,
   * and the confidence of a bin that of the more probable one.
   *
   * @param targets zeros and ones, [N, K] or [N, K, places...]
   * @throws IllegalArgumentException if they do not fit
   */
  public List<ClassificationScores> scores(INDArray targets) {
    List<ClassificationScores> scores = new ArrayList<>();
    for (int k = 0; k < labels(); k++) {
      scores.add(Calibration.scores(meanRows(k), targets(targets, k)));
    }
    return scores;
  }

  /**
   * For each label, the probability that an example with the label has a higher probability of yes
   * than one without, a tie counting half: the area under the ROC curve. NaN where all examples or
   * none have the label.
   *
   * @param targets zeros and ones, [N, K] or [N, K, places...]
   * @throws IllegalArgumentException if they do not fit
   */
  public double[] auroc(INDArray targets) {
    double[] areas = new double[labels()];
    for (int k = 0; k < areas.length; k++) {
      int[] own = targets(targets, k);
      long positive = Arrays.stream(own).sum();
      areas[k] =
          positive == 0 || positive == own.length
              ? Double.NaN
              : Calibration.auroc(meanRows(k), own);
    }
    return areas;
  }

  private INDArray meanRows(int k) {
    return new Prediction(label(k).rows(), dependent).mean();
  }

  private int[] targets(INDArray targets, int k) {
    Require.open(targets, "targets");
    long[] shape = probabilities.shape();
    Require.argument(
        Arrays.equals(targets.shape(), Arrays.copyOfRange(shape, 1, shape.length)),
        "targets must be [N, labels, places...] as the probabilities %s without their first axis,"
            + " got %s",
        Require.text(shape),
        Require.text(targets.shape()));
    float[] numbers = FloatMemory.numbers(targets, "targets");
    int places = Math.toIntExact(numbers.length / (shape[1] * shape[2]));
    int[] own = new int[Math.toIntExact(shape[1]) * places];
    for (int i = 0; i < own.length; i++) {
      int at = (i / places * labels() + k) * places + i % places;
      own[i] = (int) numbers[at];
      Require.argument(
          own[i] == numbers[at] && (own[i] == 0 || own[i] == 1),
          "targets must be 0 or 1, got %s",
          numbers[at]);
    }
    return own;
  }

  /** The part of class 1, [N, places...]. */
  private static INDArray positive(INDArray ofBoth) {
    long[] shape = ofBoth.shape();
    long[] places = Arrays.copyOfRange(shape, 1, shape.length);
    places[0] = shape[0];
    INDArray rows = Detached.reshape(ofBoth, shape[0], 2, ofBoth.length() / shape[0] / 2);
    return Detached.reshape(
        Detached.copy(rows.get(NDArrayIndex.all(), NDArrayIndex.point(1), NDArrayIndex.all())),
        places);
  }

  /** Puts what a measure says of each label side by side, [N, K, places...]. */
  private INDArray ofEachLabel(Function<Prediction, INDArray> measure) {
    long[] shape = probabilities.shape();
    INDArray all = Detached.create(DataType.FLOAT, Arrays.copyOfRange(shape, 1, shape.length));
    FloatMemory memory = FloatMemory.of(all, "all");
    int examples = Math.toIntExact(shape[1]);
    for (int k = 0; k < labels(); k++) {
      float[] own = FloatMemory.numbers(measure.apply(label(k)), "own");
      int places = own.length / examples;
      for (int n = 0; n < examples; n++) {
        memory.write(((long) n * labels() + k) * places, own, n * places, places);
      }
    }
    return all;
  }
}
