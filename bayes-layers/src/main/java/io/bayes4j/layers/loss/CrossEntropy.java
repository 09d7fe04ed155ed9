package io.bayes4j.layers.loss;

import io.bayes4j.core.autograd.Classification;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Cross entropy of logits and class numbers. */
enum CrossEntropy implements Loss {
  INSTANCE;

  @Override
  public Var of(Var output, INDArray targets) {
    return Classification.crossEntropy(output, labels(targets));
  }

  @Override
  public Map<String, Double> metrics(INDArray output, INDArray targets) {
    int[] labels = labels(targets);
    int[] answers = output.argMax(1).toIntVector();
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += labels[i] == answers[i] ? 1 : 0;
    }
    return Map.of("accuracy", (double) right / labels.length);
  }

  /** Class numbers, one a row. */
  static int[] labels(INDArray targets) {
    Require.argument(
        targets.rank() == 1,
        "targets must be one class number a row, got shape %s",
        Arrays.toString(targets.shape()));
    float[] numbers = targets.dup().data().asFloat();
    int[] labels = new int[numbers.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) numbers[i];
      Require.argument(
          labels[i] == numbers[i], "label %d must be a whole number, got %s", i, numbers[i]);
    }
    return labels;
  }
}
