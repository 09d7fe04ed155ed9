package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.uncertainty.PredictionSets;
import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.uncertainty.Uncertainty;
import io.bayes4j.core.uncertainty.UncertaintySplit;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import java.io.Serial;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.Vectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is asked of the predictions of a batch.
 *
 * @param task what the outputs mean
 * @param noise standard deviation of a regression's observations, 0 if the network says it
 * @param criterion what is looked at to refuse
 * @param threshold for an answer, where there is a column of answers
 * @param conformal limits of sets of classes
 * @param outputs the columns, in their order
 */
record Scoring(
    Task task,
    double noise,
    RefusalCriterion criterion,
    double threshold,
    Conformal conformal,
    List<Output> outputs)
    implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  /**
   * A value of each output for each example, [output][example].
   *
   * @throws IllegalArgumentException if the network returns no row of numbers for an example
   */
  Object[][] score(Predictor predictor, INDArray x) {
    return switch (task) {
      case CLASSIFICATION -> classes(predictor.classify(x));
      case BINARY -> classes(predictor.classifyBinary(x));
      case REGRESSION -> numbers(noise > 0 ? predictor.regress(x, noise) : predictor.regress(x));
    };
  }

  private Object[][] classes(Prediction prediction) {
    try {
      requireRows(prediction.probabilities());
      UncertaintySplit split;
      int[] decisions = {};
      if (outputs.contains(Output.ANSWER)) {
        RefusalRule.Decided decided =
            new RefusalRule(criterion, threshold).splitAndDecide(prediction.probabilities());
        split = decided.split();
        decisions = decided.decisions();
      } else {
        split = Uncertainty.split(prediction.probabilities());
      }
      Object[][] columns = new Object[outputs.size()][];
      for (int i = 0; i < columns.length; i++) {
        columns[i] =
            switch (outputs.get(i)) {
              case PROBABILITY -> vectors(split.mean());
              case PREDICTION -> boxed(Detached.argMax(split.mean()), true);
              case ENTROPY -> doubles(split.predictiveEntropy());
              case EXPECTED_ENTROPY -> doubles(split.expectedEntropy());
              case MUTUAL_INFORMATION -> doubles(split.mutualInformation());
              case ANSWER -> boxed(decisions, false);
              case CONFORMAL_SET -> sets(split.mean());
              default -> throw new IllegalStateException(outputs.get(i) + " is no classifier's");
            };
      }
      close(split);
      return columns;
    } finally {
      close(prediction.probabilities());
    }
  }

  private static void close(UncertaintySplit split) {
    close(split.mean());
    close(split.predictiveEntropy());
    close(split.expectedEntropy());
    close(split.mutualInformation());
  }

  private Object[][] numbers(RegressionPrediction prediction) {
    try {
      requireRows(prediction.means());
      Object[][] columns = new Object[outputs.size()][];
      for (int i = 0; i < columns.length; i++) {
        INDArray all =
            switch (outputs.get(i)) {
              case MEAN -> prediction.mean();
              case VARIANCE -> prediction.totalVariance();
              case EPISTEMIC_VARIANCE -> prediction.epistemicVariance();
              case ALEATORIC_VARIANCE -> prediction.aleatoricVariance();
              default -> throw new IllegalStateException(outputs.get(i) + " is no regression's");
            };
        columns[i] = vectors(all);
        close(all);
      }
      return columns;
    } finally {
      close(prediction.means());
      close(prediction.variances());
    }
  }

  private static void requireRows(INDArray draws) {
    Require.argument(
        draws.rank() == 3,
        "the network must return one row of numbers for each example, got shape %s",
        Require.text(Arrays.copyOfRange(draws.shape(), 1, draws.rank())));
  }

  private Object[] sets(INDArray mean) {
    PredictionSets sets = conformal.classifier(Math.toIntExact(mean.size(1))).sets(mean);
    Object[] values = new Object[sets.count()];
    Arrays.setAll(values, i -> Arrays.stream(sets.labels(i)).boxed().toArray(Integer[]::new));
    return values;
  }

  private static Object[] vectors(INDArray rows) {
    float[] all = FloatMemory.numbers(rows, "rows");
    int width = Math.toIntExact(rows.size(1));
    Object[] values = new Object[all.length / width];
    for (int i = 0; i < values.length; i++) {
      double[] own = new double[width];
      for (int k = 0; k < width; k++) {
        own[k] = all[i * width + k];
      }
      values[i] = Vectors.dense(own);
    }
    return values;
  }

  private static Object[] doubles(INDArray measure) {
    float[] all = FloatMemory.numbers(measure, "measure");
    Object[] values = new Object[all.length];
    Arrays.setAll(values, i -> (double) all[i]);
    return values;
  }

  private static Object[] boxed(int[] numbers, boolean asDouble) {
    Object[] values = new Object[numbers.length];
    Arrays.setAll(values, i -> asDouble ? (Object) (double) numbers[i] : (Object) numbers[i]);
    return values;
  }

  /** Memory outside of the heap that nobody reads any longer, freed without waiting for the GC. */
  static void close(INDArray array) {
    if (array.closeable() && !array.wasClosed()) {
      array.close();
    }
  }
}
