package io.bayes4j.layers.posterior;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.CheckedWeights;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The negative bound of one example of a {@link VbllHead}. */
final class VbllLoss implements Loss {
  private final VbllHead head;
  private final double examples;

  VbllLoss(VbllHead head, double examples) {
    this.head = head;
    this.examples = examples;
  }

  @Override
  public Var of(Var output, INDArray targets) {
    return weighted(output, targets, null);
  }

  @Override
  public Var weighted(Var output, INDArray targets, @Nullable INDArray weights) {
    Var misfit = misfit(output, targets);
    float[] own = CheckedWeights.ofExamples(weights, misfit.size(0));
    Var weighted = own == null ? misfit : Ops.mul(misfit, Var.constant(Detached.of(own)));
    return Ops.add(Ops.mean(weighted), share());
  }

  private Var share() {
    return Ops.scale(head.penalty(), 1 / examples);
  }

  private Var misfit(Var output, INDArray targets) {
    Require.open(output, "output");
    Require.open(targets, "targets");
    int outputs = head.outputs();
    Require.argument(
        output.rank() == 2 && output.size(1) == 2L * outputs,
        "output must be [N, %d], what the head returns, got shape %s",
        2 * outputs,
        Require.text(output.shape()));
    long[] shape =
        head.forClasses() ? new long[] {output.size(0)} : new long[] {output.size(0), outputs};
    Require.argument(
        targets.dataType() == DataType.FLOAT && Arrays.equals(targets.shape(), shape),
        "targets must be FLOAT of shape %s, got %s of shape %s",
        Require.text(shape),
        targets.dataType(),
        Require.text(targets.shape()));
    return head.misfit(output, targets);
  }

  @Override
  public Map<String, Double> metrics(INDArray output, INDArray targets) {
    Require.open(output, "output");
    Require.open(targets, "targets");
    if (!head.forClasses()) {
      return Map.of();
    }
    INDArray means = Ops.slice(Var.constant(output), 1, 0, head.outputs()).value();
    return Losses.crossEntropy().metrics(means, targets);
  }

  /** The greatest number of each row, [N, 1]. */
  static INDArray greatest(INDArray rows) {
    float[] numbers = FloatMemory.numbers(rows, "rows");
    int width = (int) rows.size(1);
    float[] greatest = new float[numbers.length / width];
    Arrays.fill(greatest, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < numbers.length; i++) {
      greatest[i / width] = Math.max(greatest[i / width], numbers[i]);
    }
    return Detached.of(greatest, greatest.length, 1);
  }

  /** Ones at the classes, [N, K]. */
  static INDArray oneHot(INDArray targets, int classes) {
    float[] labels = FloatMemory.numbers(targets, "targets");
    float[] ones = new float[labels.length * classes];
    for (int i = 0; i < labels.length; i++) {
      Require.argument(
          labels[i] >= 0 && labels[i] < classes && labels[i] == Math.rint(labels[i]),
          "targets must be whole and in [0, %d), got %s",
          classes,
          labels[i]);
      ones[i * classes + (int) labels[i]] = 1;
    }
    return Detached.of(ones, labels.length, classes);
  }

  @Override
  public String toString() {
    return "VbllLoss(" + head + ", examples " + examples + ")";
  }
}
