package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Softmax and its likelihood over the classes of [N, K] logits. */
public final class Classification {
  private Classification() {}

  /**
   * Probabilities: e^x over its sum along the last axis.
   *
   * @throws IllegalArgumentException if x is no matrix
   */
  public static Var softmax(Var x) {
    return Ops.exp(logSoftmax(x));
  }

  /**
   * Logarithm of the softmax along the last axis, stable for large logits.
   *
   * @param x logits [N, K]
   * @throws IllegalArgumentException if x is no matrix
   */
  public static Var logSoftmax(Var x) {
    Require.argument(x.rank() == 2, "logits must be [N, K], got shape %s", x.shapeText());
    INDArray y = Rows.map(x.value(), Classification::logSoftmaxRow);
    return Var.result(
        y,
        List.of(x),
        (g, sink) -> sink.add(x, () -> Rows.map(g, y, Classification::logSoftmaxGradientRow)));
  }

  private static void logSoftmaxRow(float[] x, int at, int classes) {
    float max = Float.NEGATIVE_INFINITY;
    for (int k = at; k < at + classes; k++) {
      max = Math.max(max, x[k]);
    }
    double sum = 0;
    for (int k = at; k < at + classes; k++) {
      sum += Math.exp(x[k] - max);
    }
    double log = Math.log(sum);
    for (int k = at; k < at + classes; k++) {
      // Not x - (max + log): a float as large as a logit can be has no room for the logarithm.
      x[k] = (float) (x[k] - max - log);
    }
  }

  /** g - softmax * sum(g), in place of g. */
  private static void logSoftmaxGradientRow(float[] g, float[] y, int at, int classes) {
    double sum = 0;
    for (int k = at; k < at + classes; k++) {
      sum += g[k];
    }
    for (int k = at; k < at + classes; k++) {
      g[k] -= (float) (Math.exp(y[k]) * sum);
    }
  }

  /**
   * Negative log-likelihood of the right class, averaged over the batch.
   *
   * @param logits [N, K]
   * @param labels N classes in [0, K)
   * @throws IllegalArgumentException if the lengths differ or a label is out of range
   */
  public static Var crossEntropy(Var logits, int[] labels) {
    Require.argument(logits.rank() == 2, "logits must be [N, K], got shape %s", logits.shapeText());
    int n = (int) logits.size(0);
    int classes = (int) logits.size(1);
    Require.argument(labels.length == n, "labels must be %d, one a row, got %d", n, labels.length);
    for (int i = 0; i < n; i++) {
      Require.argument(
          labels[i] >= 0 && labels[i] < classes,
          "labels[%d] must be in [0, %d), got %d",
          i,
          classes,
          labels[i]);
    }
    int[] classOf = labels.clone();
    INDArray logp = Rows.map(logits.value(), Classification::logSoftmaxRow);
    float[] rows = Rows.copy(logp);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum -= rows[i * classes + labels[i]];
    }
    return Var.result(
        Arena.allocate().assign(sum / n),
        List.of(logits),
        (g, sink) ->
            sink.add(logits, () -> crossEntropyGradient(rows, classOf, classes, g.getFloat(0))));
  }

  private static INDArray crossEntropyGradient(
      float[] logp, int[] labels, int classes, float upstream) {
    int n = labels.length;
    float[] gradient = new float[logp.length];
    float weight = upstream / n;
    for (int i = 0; i < logp.length; i++) {
      gradient[i] = weight * (float) Math.exp(logp[i]);
    }
    for (int i = 0; i < n; i++) {
      gradient[i * classes + labels[i]] -= weight;
    }
    INDArray out = Arena.allocate(n, classes);
    Rows.write(gradient, out);
    return out;
  }

  /** Small matrices row by row, on a heap copy. */
  private static final class Rows {
    @FunctionalInterface
    interface Row {
      void apply(float[] x, int at, int length);
    }

    @FunctionalInterface
    interface RowPair {
      void apply(float[] x, float[] y, int at, int length);
    }

    private Rows() {}

    static float[] copy(INDArray x) {
      float[] rows = new float[(int) x.length()];
      INDArray dense = Layout.ROW_MAJOR.ensure(x);
      dense.data().asNioFloat().get((int) dense.offset(), rows);
      return rows;
    }

    static void write(float[] rows, INDArray out) {
      out.data().asNioFloat().put((int) out.offset(), rows);
    }

    static INDArray map(INDArray x, Row f) {
      int length = (int) x.size(1);
      float[] rows = copy(x);
      for (int at = 0; at < rows.length; at += length) {
        f.apply(rows, at, length);
      }
      INDArray out = Arena.allocate(x.shape());
      write(rows, out);
      return out;
    }

    static INDArray map(INDArray x, INDArray y, RowPair f) {
      float[] other = copy(y);
      return map(x, (rows, at, length) -> f.apply(rows, other, at, length));
    }
  }
}
