package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Softmax;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Softmax and likelihoods of classes and of yes-or-no labels, given logits. */
public final class Classification {
  /** No label is ignored. */
  public static final int NONE_IGNORED = Integer.MIN_VALUE;

  private Classification() {}

  /**
   * Probabilities: e^x over its sum along the last axis.
   *
   * @throws IllegalArgumentException if x is no matrix
   */
  public static Var softmax(Var x) {
    requireLogits(x);
    return Attentions.softmax(x);
  }

  /**
   * Logarithm of the softmax along the last axis, stable for large logits.
   *
   * @param x logits [N, K]
   * @throws IllegalArgumentException if x is no matrix
   */
  public static Var logSoftmax(Var x) {
    requireLogits(x);
    INDArray y = Softmax.logs(x.value(), 1);
    return Var.result(y, List.of(x), (g, sink) -> sink.add(x, () -> Softmax.logsBackward(y, g, 1)));
  }

  private static void requireLogits(Var x) {
    Require.open(x, "x");
    Require.argument(
        x.rank() == 2, "x must be logits [N, K], got shape %s", Require.text(x.shape()));
  }

  /**
   * Negative log-likelihood of the right class, averaged over the batch.
   *
   * @param logits [N, K], or [N, K, places...]
   * @param labels classes in [0, K), one for each example and place, row-major
   * @throws IllegalArgumentException if the lengths differ or a label is out of range
   */
  public static Var crossEntropy(Var logits, int[] labels) {
    return crossEntropy(logits, labels, NONE_IGNORED, null, null);
  }

  /**
   * Negative log-likelihood of the right class: the sum over the places of an example, averaged
   * over the batch. A place counts as often as the weight of its class times that of its example
   * says; the average is over the number of examples, not over the sum of the weights.
   *
   * @param logits [N, K], or [N, K, places...]
   * @param labels classes in [0, K), one for each example and place, row-major
   * @param ignored a label that counts for nothing; {@link #NONE_IGNORED} for none
   * @param classWeights K weights, none negative; null for ones
   * @param exampleWeights N weights, none negative; null for ones
   * @throws IllegalArgumentException if the lengths differ, or a label or weight is out of range
   */
  public static Var crossEntropy(
      Var logits,
      int[] labels,
      int ignored,
      float @Nullable [] classWeights,
      float @Nullable [] exampleWeights) {
    Require.open(logits, "logits");
    Require.nonNull(labels, "labels");
    Require.argument(
        logits.rank() >= 2,
        "logits must be [N, K, places...], got shape %s",
        Require.text(logits.shape()));
    int classes = Math.toIntExact(logits.size(1));
    long expected = logits.value().length() / classes;
    Require.argument(
        labels.length == expected,
        "labels must be %d, one a row%s, got %d",
        expected,
        logits.rank() > 2 ? " and place" : "",
        labels.length);
    int[] classOf = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      boolean out = ignored != NONE_IGNORED && labels[i] == ignored;
      Require.argument(
          out || (labels[i] >= 0 && labels[i] < classes),
          "labels[%d] must be in [0, %d), got %d",
          i,
          classes,
          labels[i]);
      classOf[i] = out ? -1 : labels[i];
    }
    requireWeights("classWeights", classWeights, classes);
    int places = Math.toIntExact(expected / logits.size(0));
    float[] weights = classWeights == null ? null : classWeights.clone();
    SoftmaxTerm term = new SoftmaxTerm(classes, places, classOf, weights);
    return ExampleLoss.mean(logits, exampleWeights, term);
  }

  /**
   * Negative log-likelihood of independent yes-or-no targets whose logits are given: the sum over
   * the logits of an example, averaged over the batch.
   *
   * @param logits [N, ...]; where there are several labels, axis 1 counts them
   * @param targets probabilities of yes in [0, 1], one for each logit, row-major
   * @param positiveWeights how often a yes counts, one for each label or one for all; null for ones
   * @param exampleWeights N weights, none negative; null for ones
   * @throws IllegalArgumentException if the lengths differ, or a target or weight is out of range
   */
  public static Var binaryCrossEntropy(
      Var logits,
      float[] targets,
      float @Nullable [] positiveWeights,
      float @Nullable [] exampleWeights) {
    Require.open(logits, "logits");
    Require.nonNull(targets, "targets");
    Require.argument(logits.rank() >= 1, "logits must be [N, ...], got a scalar");
    Require.argument(
        targets.length == logits.value().length(),
        "targets must be %d, one a logit, got %d",
        logits.value().length(),
        targets.length);
    for (int i = 0; i < targets.length; i++) {
      Require.argument(
          targets[i] >= 0 && targets[i] <= 1,
          "targets[%d] must be in [0, 1], got %s",
          i,
          targets[i]);
    }
    int labels = logits.rank() == 1 ? 1 : Math.toIntExact(logits.size(1));
    boolean one = positiveWeights != null && positiveWeights.length == 1;
    requireWeights("positiveWeights", positiveWeights, one ? 1 : labels);
    int length = Math.toIntExact(targets.length / logits.size(0));
    float[] weights = positiveWeights == null ? null : positiveWeights.clone();
    BernoulliTerm term = new BernoulliTerm(targets.clone(), length, length / labels, weights);
    return ExampleLoss.mean(logits, exampleWeights, term);
  }

  static void requireWeights(String name, float @Nullable [] weights, int length) {
    Require.argument(
        weights == null || weights.length == length,
        "%s must be %d numbers, got %d",
        name,
        length,
        weights == null ? 0 : weights.length);
    for (int i = 0; weights != null && i < length; i++) {
      Require.argument(
          weights[i] >= 0 && Float.isFinite(weights[i]),
          "%s[%d] must be finite and >= 0, got %s",
          name,
          i,
          weights[i]);
    }
  }
}
