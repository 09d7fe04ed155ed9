package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.CheckedWeights;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What weights of examples make of losses. */
final class LossWeights {
  private LossWeights() {}

  static double mean(float... weights) {
    double sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    return sum / weights.length;
  }

  /** Sum over the examples of weight times loss, over their number. */
  static Var eachAlone(Loss loss, Var output, INDArray targets, INDArray weights) {
    Require.open(output, "output");
    Require.open(targets, "targets");
    float[] numbers = Objects.requireNonNull(CheckedWeights.ofExamples(weights, output.size(0)));
    List<Var> terms = new ArrayList<>();
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] > 0) {
        INDArray own = Detached.copy(targets.get(NDArrayIndex.interval(i, i + 1)));
        Var alone = loss.of(Ops.slice(output, 0, i, i + 1), own);
        terms.add(Ops.scale(alone, numbers[i] / (double) numbers.length));
      }
    }
    // Of weights that are all zero, a zero with a gradient.
    return terms.stream().reduce(Ops::add).orElseGet(() -> Ops.scale(Ops.sum(output), 0));
  }
}
