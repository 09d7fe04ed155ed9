package io.bayes4j.examples.imagenet;

import io.bayes4j.core.uncertainty.AccuracyVersusUncertainty;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.ReliabilityBin;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures of a network about pictures that come in batches. */
final class Tally {
  private static final int FIRST = 5;

  private final ClassificationEvaluator evaluator = new ClassificationEvaluator();

  /** Entropy of each picture, of those that are right and of those that are wrong. */
  private final List<Float> right = new ArrayList<>();

  private final List<Float> wrong = new ArrayList<>();
  private long amongFirst;

  private final MonteCarlo predictor;
  private long nanoseconds;

  Tally(MonteCarlo predictor) {
    this.predictor = predictor;
  }

  /** Asks the network about pictures, and counts its answers. */
  void add(PictureStream.Pictures pictures) {
    long start = System.nanoTime();
    Prediction prediction = predictor.classify(pictures.inputs());
    nanoseconds += System.nanoTime() - start;
    add(prediction, pictures.labels());
  }

  private void add(Prediction prediction, int... labels) {
    evaluator.add(prediction.mean(), labels);
    float[] entropy = prediction.predictiveEntropy().dup('c').data().asFloat();
    float[] mean = prediction.mean().dup('c').data().asFloat();
    int[] answers = prediction.classes();
    int classes = mean.length / labels.length;
    for (int i = 0; i < labels.length; i++) {
      (answers[i] == labels[i] ? right : wrong).add(entropy[i]);
      int before = 0;
      float own = mean[i * classes + labels[i]];
      for (int k = 0; k < classes; k++) {
        before += mean[i * classes + k] > own ? 1 : 0;
      }
      amongFirst += before < FIRST ? 1 : 0;
    }
  }

  int count() {
    return right.size() + wrong.size();
  }

  /** Half-way between the mean entropy of right and of wrong answers, as Krishnan and Tickoo. */
  double threshold() {
    double ofRight = mean(right);
    double ofWrong = mean(wrong);
    if (right.isEmpty() || wrong.isEmpty()) {
      return right.isEmpty() ? ofWrong : ofRight;
    }
    return (ofRight + ofWrong) / 2;
  }

  private static double mean(List<Float> numbers) {
    return numbers.stream().mapToDouble(x -> x).average().orElse(0);
  }

  AccuracyVersusUncertainty versus() {
    double threshold = threshold();
    return new AccuracyVersusUncertainty(
        certain(right, threshold),
        right.size() - certain(right, threshold),
        certain(wrong, threshold),
        wrong.size() - certain(wrong, threshold));
  }

  private static long certain(List<Float> entropies, double threshold) {
    return entropies.stream().filter(entropy -> entropy <= threshold).count();
  }

  double topFive() {
    return amongFirst / (double) count();
  }

  List<ReliabilityBin> reliability() {
    return evaluator.reliability();
  }

  /** The figures as {@link ImageNetPage} has them. */
  List<String> row() {
    ClassificationScores scores = evaluator.scores();
    return List.of(
        String.format(Locale.US, "%.2f %%", 100 * scores.accuracy()),
        String.format(Locale.US, "%.2f %%", 100 * topFive()),
        String.format(Locale.US, "%.4f", scores.nll()),
        String.format(Locale.US, "%.4f", scores.brier()),
        String.format(Locale.US, "%.4f", scores.ece()),
        String.format(Locale.US, "%.4f", versus().avu()),
        String.format(Locale.US, "%.3f", threshold()),
        String.format(Locale.US, "%.1f", nanoseconds / 1e9));
  }

  String words() {
    ClassificationScores scores = evaluator.scores();
    return String.format(
        Locale.US,
        "%,d pictures: top-1 %.2f %%, top-5 %.2f %%, NLL %.4f, Brier %.4f, ECE %.4f, AvU %.4f"
            + " (certain up to %.3f nats)",
        count(),
        100 * scores.accuracy(),
        100 * topFive(),
        scores.nll(),
        scores.brier(),
        scores.ece(),
        versus().avu(),
        threshold());
  }
}
