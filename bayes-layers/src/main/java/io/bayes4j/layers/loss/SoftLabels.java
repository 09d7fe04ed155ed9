package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Classification;
import io.bayes4j.core.ops.Ops;
import org.jspecify.annotations.Nullable;

/**
 * Cross entropy whose labels are smoothed, or whose easy examples count less.
 *
 * @param smoothing share of a label that all classes have in equal parts
 * @param gamma how much less easy examples count
 */
record SoftLabels(double smoothing, double gamma) {
  static final SoftLabels NONE = new SoftLabels(0, 0);

  SoftLabels {
    Require.argument(
        smoothing >= 0 && smoothing < 1, "smoothing must be in [0, 1), got %s", smoothing);
    Focus.checked(gamma);
    Require.argument(
        smoothing == 0 || gamma == 0,
        "label smoothing and focus must not be used together, got %s and %s",
        smoothing,
        gamma);
  }

  /**
   * The loss: a sum over the places of an example, averaged over examples.
   *
   * @param logits [N, K, places...]
   * @param labels in [0, K) or ignored, row-major
   * @param classWeights null for ones
   * @param exampleWeights null for ones
   */
  Var loss(
      Var logits,
      int[] labels,
      int ignored,
      float @Nullable [] classWeights,
      float @Nullable [] exampleWeights) {
    int n = Math.toIntExact(logits.size(0));
    int classes = Math.toIntExact(logits.size(1));
    requireLabels(labels, ignored, classes);
    Require.argument(
        classWeights == null || classWeights.length == classes,
        "classWeights must be %d numbers, got %d",
        classes,
        classWeights == null ? 0 : classWeights.length);
    int places = labels.length / n;
    Var rows = logits;
    if (logits.rank() > 2) {
      Var apart = Ops.permute(Ops.reshape(logits, n, classes, places), 0, 2, 1);
      rows = Ops.reshape(apart, labels.length, classes);
    }
    Var logs = Classification.logSoftmax(rows);
    float[] shares = new float[labels.length * classes];
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] != ignored) {
        float own = exampleWeights == null ? 1 : exampleWeights[i / places];
        share(shares, i * classes, labels[i], classes, own / n, classWeights);
      }
    }
    Var weights = Var.constant(Detached.of(shares, labels.length, classes));
    return gamma == 0
        ? Ops.neg(Ops.sum(Ops.mul(logs, weights)))
        : Ops.sum(Ops.mul(Focus.of(logs, gamma), weights));
  }

  /** What the classes of one label weigh. */
  private void share(
      float[] shares, int at, int label, int classes, float own, float @Nullable [] classWeights) {
    for (int k = 0; k < classes; k++) {
      double share = smoothing / classes + (k == label ? 1 - smoothing : 0);
      shares[at + k] = (float) (share * own * (classWeights == null ? 1 : classWeights[k]));
    }
  }

  private static void requireLabels(int[] labels, int ignored, int classes) {
    for (int i = 0; i < labels.length; i++) {
      Require.argument(
          labels[i] == ignored || (labels[i] >= 0 && labels[i] < classes),
          "labels[%d] must be in [0, %d), got %d",
          i,
          classes,
          labels[i]);
    }
  }
}
