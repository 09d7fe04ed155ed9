package io.bayes4j.docs;

import io.bayes4j.core.uncertainty.ConformalClassifier;
import io.bayes4j.core.uncertainty.ConformalRegressor;
import io.bayes4j.core.uncertainty.ConformalScore;
import io.bayes4j.core.uncertainty.GuaranteedRefusal;
import io.bayes4j.core.uncertainty.OnlineConformal;
import io.bayes4j.core.uncertainty.PredictionIntervals;
import io.bayes4j.core.uncertainty.PredictionSets;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What docs/guarantees.md shows; each region is a block of code there. */
final class GuaranteesSnippets {
  private GuaranteesSnippets() {}

  static PredictionSets sets(Predictor model, INDArray heldOut, int[] labels, INDArray images) {
    // region sets
    ConformalClassifier conformal =
        ConformalClassifier.calibrate(
            ConformalScore.aps(1), 0.1, model.classify(heldOut).mean(), labels);
    PredictionSets sets = conformal.sets(model.classify(images).mean());
    int[] plausible = sets.labels(0); // classes that the first image may be
    // endregion
    return plausible.length > sets.classes() ? null : sets;
  }

  static PredictionIntervals intervals(
      Predictor model, INDArray heldOut, INDArray targets, INDArray questions) {
    // region intervals
    RegressionPrediction held = model.regress(heldOut);
    ConformalRegressor conformal =
        ConformalRegressor.calibrateScaled(0.1, held.mean(), sigma(held), targets);
    RegressionPrediction asked = model.regress(questions);
    PredictionIntervals intervals = conformal.interval(asked.mean(), sigma(asked));
    // endregion
    return intervals;
  }

  private static INDArray sigma(RegressionPrediction prediction) {
    return Transforms.sqrt(prediction.totalVariance(), true);
  }

  static boolean[] refusal(
      Prediction heldOut, boolean[] correct, Prediction asked, double wrongAnswers) {
    // region refusal
    double[] doubt = heldOut.predictiveEntropy().toDoubleVector();
    GuaranteedRefusal rule =
        GuaranteedRefusal.wrongAnswersAtMost(wrongAnswers, 0.95, doubt, correct);
    double[] entropies = asked.predictiveEntropy().toDoubleVector();
    boolean[] answered = new boolean[entropies.length];
    for (int i = 0; i < answered.length; i++) {
      answered[i] = rule.answers(entropies[i]);
    }
    // endregion
    return answered;
  }

  static double stream(double[] distances) {
    // region stream
    OnlineConformal online = new OnlineConformal(0.1, 0.02, 500);
    for (double distance : distances) {
      double halfWidth = online.threshold(); // for the range around the next prediction
      boolean missed = online.observe(distance); // of the target from it, once that is known
      report(halfWidth, missed);
    }
    // endregion
    return online.missRate();
  }

  private static void report(double halfWidth, boolean missed) {
    if (missed && halfWidth == Double.POSITIVE_INFINITY) {
      throw new IllegalStateException("an infinite range misses nothing");
    }
  }
}
