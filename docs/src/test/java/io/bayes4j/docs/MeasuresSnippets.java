package io.bayes4j.docs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Acquisition;
import io.bayes4j.core.uncertainty.ActionRule;
import io.bayes4j.core.uncertainty.CalibrationEvaluator;
import io.bayes4j.core.uncertainty.LogitScaling;
import io.bayes4j.core.uncertainty.RunningUncertainty;
import io.bayes4j.core.uncertainty.UncertaintyRanking;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.predict.SpreadScaling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What docs/measures.md shows; each region is a block of code there. */
final class MeasuresSnippets {
  private final Function<INDArray, int[]> truth;

  MeasuresSnippets(Function<INDArray, int[]> truth) {
    this.truth = truth;
  }

  private int[] labelsOf(INDArray images) {
    return truth.apply(images);
  }

  private static double[] errors(int[] answers, int... labels) {
    double[] errors = new double[labels.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = answers[i] == labels[i] ? 0 : 1;
    }
    return errors;
  }

  /** ECE and AUGRC. */
  List<Double> evaluate(Predictor model, List<INDArray> batches) {
    // region evaluate
    CalibrationEvaluator honesty = new CalibrationEvaluator();
    UncertaintyRanking ranking = new UncertaintyRanking();
    for (INDArray images : batches) {
      Prediction prediction = model.classify(images);
      int[] labels = labelsOf(images);
      honesty.add(prediction.mean(), labels);
      double[] doubt = prediction.predictiveEntropy().toDoubleVector();
      ranking.add(doubt, errors(prediction.classes(), labels)); // 0 where right, 1 where wrong
    }
    double ece = honesty.ece();
    double augrc = ranking.riskCoverage().augrc();
    // endregion
    return List.of(ece, augrc);
  }

  /** Mean mutual information and UCE. */
  static List<Double> maps(Layer model, INDArray images, INDArray labels) {
    // region maps
    RunningUncertainty running = new RunningUncertainty();
    for (int draw = 0; draw < 100; draw++) {
      running.add(MonteCarlo.of(model).samples(1).seed(draw).classify(images).mean());
    }
    INDArray unknown = running.mutualInformation(); // [N, H, W]
    CalibrationEvaluator pixels = new CalibrationEvaluator();
    pixels.addPlaces(running.mean(), labels, 255); // places of label 255 are left out
    double uce = pixels.uce();
    // endregion
    return List.of(unknown.meanNumber().doubleValue(), uce);
  }

  /** The predictor, and the temperature that was saved. */
  static Map.Entry<Predictor, Double> scale(
      Predictor model, Layer network, INDArray heldOut, int[] labels, Path file)
      throws IOException {
    // region scale
    LogitScaling scaling = LogitScaling.temperature(model.outputs(heldOut), labels);
    Predictor honest = x -> scaling.apply(model.outputs(x));
    Checkpoint.save(network, file, Map.of(), scaling.arrays());
    LogitScaling loaded = LogitScaling.of(Checkpoint.calibration(file));
    // endregion
    return Map.entry(honest, loaded.temperature());
  }

  /** Stretched predictions of numbers. */
  static RegressionPrediction stretch(
      Predictor model, INDArray heldOut, INDArray targets, INDArray x) {
    // region stretch
    SpreadScaling stretched = SpreadScaling.fit(model.regress(heldOut), targets);
    RegressionPrediction prediction = stretched.apply(model.regress(x));
    // endregion
    return prediction;
  }

  /** Whom to ask about, and what to do. */
  static List<int[]> decide(Predictor model, INDArray unlabelled) {
    // region decide
    INDArray draws = model.classify(unlabelled).probabilities();
    int[] ask = Acquisition.batchBald(draws, 10, 10_000, Noise.seeded(1));
    double[][] worth = {{0, -1}, {-50, -1}}; // healthy or ill: do nothing, or treat
    int[] actions = ActionRule.cvar(0.1).choose(ActionRule.rewards(draws, worth));
    // endregion
    return List.of(ask, actions);
  }
}
