package io.bayes4j.core.ops;

import io.bayes4j.core.internal.SoftmaxColumns;
import org.jspecify.annotations.Nullable;

/** Cross entropy of one example, summed over its places; see {@link Classification}. */
final class SoftmaxTerm implements ExampleLoss.Term {
  private final int classes;
  private final int places;

  /** Row-major [N, places]; a negative one is left out. */
  private final int[] labels;

  /** One for each class; null for ones. */
  private final float @Nullable [] classWeights;

  SoftmaxTerm(int classes, int places, int[] labels, float @Nullable [] classWeights) {
    this.classes = classes;
    this.places = places;
    this.labels = labels;
    this.classWeights = classWeights;
  }

  @Override
  public double value(float[] x, int at, int example) {
    logSoftmax(x, at);
    double sum = 0;
    for (int p = 0; p < places; p++) {
      int label = labels[example * places + p];
      if (label >= 0) {
        sum -= weight(label) * x[at + label * places + p];
      }
    }
    return sum;
  }

  @Override
  public void gradient(float[] x, int at, int example, float factor) {
    logSoftmax(x, at);
    for (int p = 0; p < places; p++) {
      int label = labels[example * places + p];
      float own = label < 0 ? 0 : factor * weight(label);
      for (int k = 0; k < classes; k++) {
        int i = at + k * places + p;
        x[i] = own * (float) Math.exp(x[i]);
      }
      if (label >= 0) {
        x[at + label * places + p] -= own;
      }
    }
  }

  private float weight(int label) {
    return classWeights == null ? 1 : classWeights[label];
  }

  /** Along the classes of every place, in place. */
  private void logSoftmax(float[] x, int at) {
    for (int p = 0; p < places; p++) {
      SoftmaxColumns.logs(x, at + p, classes, places);
    }
  }
}
