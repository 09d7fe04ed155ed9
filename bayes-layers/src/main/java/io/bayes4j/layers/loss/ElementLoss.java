package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.CheckedWeights;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A loss with a term for every number of the targets.
 *
 * @param name of the loss with its numbers: a resumed run compares it
 * @param terms what is to be averaged
 * @param factor what each term is multiplied by
 * @param constant what is added to each term after that
 * @param summed whether the terms of an example are summed, rather than averaged too
 */
record ElementLoss(String name, Terms terms, double factor, double constant, boolean summed)
    implements Loss {
  /** Checks shapes and computes the terms, in the targets' shape. */
  @FunctionalInterface
  interface Terms {
    Var of(Var output, INDArray targets);
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public Var of(Var output, INDArray targets) {
    return weighted(output, targets, null);
  }

  @Override
  public Var weighted(Var output, INDArray targets, @Nullable INDArray weights) {
    Require.open(output, "output");
    Require.open(targets, "targets");
    Var each = terms.of(output, targets);
    float[] own = CheckedWeights.ofExamples(weights, output.size(0));
    double mean = 1;
    if (own != null) {
      long[] shape = new long[each.rank()];
      Arrays.fill(shape, 1);
      shape[0] = own.length;
      each = Ops.mul(each, Var.constant(Detached.of(own, shape)));
      mean = LossWeights.mean(own);
    }
    double perExample = summed ? (double) targets.length() / targets.size(0) : 1;
    return Ops.shift(Ops.scale(Ops.mean(each), perExample * factor), perExample * constant * mean);
  }
}
