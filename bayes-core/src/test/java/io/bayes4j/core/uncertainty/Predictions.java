package io.bayes4j.core.uncertainty;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Class probabilities for the tests of this package. */
final class Predictions {
  private Predictions() {}

  /** A float32 array of the given values. */
  static INDArray array(double[] values, long... shape) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Nd4j.createFromArray(floats).reshape(shape);
  }

  /** Samples of one example with two classes, given by the probability of the first. */
  static INDArray samplesOfFirstClass(double... probabilities) {
    return array(withComplement(probabilities), probabilities.length, 1, 2);
  }

  /** A batch [batch, 2], given by the probability of the first class. */
  static INDArray batchOfFirstClass(double... probabilities) {
    return array(withComplement(probabilities), probabilities.length, 2);
  }

  /** One sample of a batch, [1, batch, 2], given by the probability of the first class. */
  static INDArray oneSampleOfFirstClass(double... probabilities) {
    return array(withComplement(probabilities), 1, probabilities.length, 2);
  }

  /** Any class probabilities [samples, batch, classes], from even to all but certain. */
  static Arbitrary<INDArray> sampled() {
    Arbitrary<Integer> size = Arbitraries.integers().between(1, 7);
    return Combinators.combine(size, size, size)
        .as(List::of)
        .flatMap(
            shape ->
                logits(shape.get(0) * shape.get(1) * shape.get(2))
                    .map(
                        logits ->
                            array(
                                softmax(logits, shape.get(2)),
                                shape.get(0),
                                shape.get(1),
                                shape.get(2))));
  }

  /** Any class probabilities [batch, classes], with a label for each example. */
  static Arbitrary<Labelled> labelled() {
    Arbitrary<Integer> batch = Arbitraries.integers().between(1, 40);
    Arbitrary<Integer> classes = Arbitraries.integers().between(1, 5);
    return Combinators.combine(batch, classes)
        .flatAs(
            (rows, width) ->
                Combinators.combine(
                        logits(rows * width),
                        Arbitraries.integers()
                            .between(0, width - 1)
                            .array(int[].class)
                            .ofSize(rows))
                    .as(
                        (logits, labels) ->
                            new Labelled(
                                array(softmax(logits, width), rows, width), List.of(box(labels)))));
  }

  private static Arbitrary<double[]> logits(int size) {
    // Few distinct values, so that equal confidences come up.
    return Arbitraries.integers()
        .between(-12, 12)
        .map(i -> i * 0.5)
        .array(double[].class)
        .ofSize(size);
  }

  private static double[] softmax(double[] logits, int classes) {
    double[] probabilities = new double[logits.length];
    for (int row = 0; row < logits.length; row += classes) {
      double sum = 0;
      for (int i = row; i < row + classes; i++) {
        sum += Math.exp(logits[i]);
      }
      for (int i = row; i < row + classes; i++) {
        probabilities[i] = Math.exp(logits[i]) / sum;
      }
    }
    return probabilities;
  }

  private static double[] withComplement(double... probabilities) {
    double[] values = new double[2 * probabilities.length];
    for (int i = 0; i < probabilities.length; i++) {
      values[2 * i] = probabilities[i];
      values[2 * i + 1] = 1 - probabilities[i];
    }
    return values;
  }

  private static Integer[] box(int[] values) {
    Integer[] boxed = new Integer[values.length];
    for (int i = 0; i < values.length; i++) {
      boxed[i] = values[i];
    }
    return boxed;
  }

  /** A batch of probabilities with labels. */
  record Labelled(INDArray probabilities, List<Integer> classes) {
    int[] labels() {
      return classes.stream().mapToInt(Integer::intValue).toArray();
    }

    int size() {
      return classes.size();
    }

    int width() {
      return (int) probabilities.size(1);
    }

    double probability(int example, int column) {
      return probabilities.getDouble(example, column);
    }

    double confidence(int example) {
      double greatest = 0;
      for (int column = 0; column < width(); column++) {
        greatest = Math.max(greatest, probability(example, column));
      }
      return greatest;
    }

    boolean correct(int example) {
      int predicted = 0;
      while (probability(example, predicted) < confidence(example)) {
        predicted++;
      }
      return predicted == classes.get(example);
    }
  }
}
