package io.bayes4j.report;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.core.uncertainty.Uncertainty;
import io.bayes4j.core.uncertainty.UncertaintySplit;
import io.bayes4j.layers.predict.Prediction;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A set of examples and what a predictor made of them. */
final class Judged {
  private final String name;
  private final INDArray rows;
  private final INDArray mean;
  private final float[] entropy;
  private final float[] mutualInformation;
  private final int[] classes;
  private final int[] places;

  private Judged(String name, INDArray rows, int... places) {
    this.name = name;
    this.rows = rows;
    this.places = places;
    UncertaintySplit split = Uncertainty.split(rows);
    mean = split.mean();
    entropy = FloatMemory.numbers(split.predictiveEntropy(), "entropy");
    mutualInformation = FloatMemory.numbers(split.mutualInformation(), "mutualInformation");
    classes = Detached.argMax(mean);
  }

  static Judged of(String name, Prediction prediction) {
    long[] shape = prediction.probabilities().shape();
    int[] places = LongStream.of(shape).skip(3).mapToInt(Math::toIntExact).toArray();
    return new Judged(name, prediction.rows(), places);
  }

  /** Sizes of the axes of places, each of which is an example; none without places. */
  int[] places() {
    return places.clone();
  }

  /** Whether pictures show so many places each, rather than an example each. */
  boolean hasScenes(int pictures) {
    return places.length == 2 && pictures * (long) places[0] * places[1] == count();
  }

  String name() {
    return name;
  }

  int count() {
    return classes.length;
  }

  int draws() {
    return Math.toIntExact(rows.size(0));
  }

  int classCount() {
    return Math.toIntExact(rows.size(2));
  }

  /** Probabilities of every draw, [draws, N, K]. */
  INDArray rows() {
    return rows;
  }

  /** Probabilities averaged over the draws, [N, K]. */
  INDArray mean() {
    return mean;
  }

  /** The most probable class. */
  int answer(int example) {
    return classes[example];
  }

  double entropy(int example) {
    return entropy[example];
  }

  double mutualInformation(int example) {
    return mutualInformation[example];
  }

  double[] entropies() {
    return doubles(entropy);
  }

  double[] mutualInformations() {
    return doubles(mutualInformation);
  }

  double meanEntropy() {
    return IntStream.range(0, entropy.length).mapToDouble(i -> entropy[i]).average().orElseThrow();
  }

  double meanMutualInformation() {
    return IntStream.range(0, entropy.length)
        .mapToDouble(i -> mutualInformation[i])
        .average()
        .orElseThrow();
  }

  int[] decisions(RefusalRule rule) {
    return rule.decide(rows);
  }

  boolean[] correct(int... labels) {
    boolean[] correct = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      correct[i] = classes[i] == labels[i];
    }
    return correct;
  }

  /** The draws of some examples alone, [draws, n, K]. */
  INDArray rowsOf(int... examples) {
    INDArray few = Detached.create(DataType.FLOAT, rows.size(0), examples.length, rows.size(2));
    FloatMemory to = FloatMemory.of(few, "few");
    FloatMemory from = FloatMemory.reading(rows, "rows");
    int width = classCount();
    float[] row = new float[width];
    for (int draw = 0; draw < draws(); draw++) {
      for (int i = 0; i < examples.length; i++) {
        from.read((draw * (long) count() + examples[i]) * width, row, width);
        to.write((draw * (long) examples.length + i) * width, row, width);
      }
    }
    return few;
  }

  static double refusedShare(int... decisions) {
    return Arrays.stream(decisions).filter(d -> d == RefusalRule.REFUSED).count()
        / (double) decisions.length;
  }

  private static double[] doubles(float... numbers) {
    return IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).toArray();
  }
}
