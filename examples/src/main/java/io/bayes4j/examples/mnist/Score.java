package io.bayes4j.examples.mnist;

import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.OutOfDistribution;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a predictor does on test digits, and how it tells them from images that are no digits.
 *
 * @param digits measures on the digits
 * @param networks number of draws
 * @param aurocs for each set of other images, the chance that one of them is more uncertain than a
 *     digit, by entropy
 */
record Score(ClassificationScores digits, long networks, List<Double> aurocs) {
  /** Copies the list. */
  Score {
    aurocs = List.copyOf(aurocs);
  }

  /**
   * Measures a predictor.
   *
   * @param digits [N, 1, 28, 28]
   * @param labels their classes
   * @param others sets of images that are no digits
   */
  static Score of(Predictor predictor, INDArray digits, int[] labels, List<INDArray> others) {
    Prediction prediction = predictor.classify(digits);
    double[] doubt = prediction.predictiveEntropy().toDoubleVector();
    List<Double> aurocs = new ArrayList<>();
    for (INDArray images : others) {
      double[] own = predictor.classify(images).predictiveEntropy().toDoubleVector();
      aurocs.add(OutOfDistribution.auroc(doubt, own));
    }
    return new Score(
        Calibration.scores(prediction.mean(), labels), prediction.probabilities().size(0), aurocs);
  }
}
