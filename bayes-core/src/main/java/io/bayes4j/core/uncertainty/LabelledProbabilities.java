package io.bayes4j.core.uncertainty;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A checked copy of class probabilities [batch, classes] with the label of each example. */
final class LabelledProbabilities {
  private final float[] values;
  private final int[] labels;
  private final int classes;
  private final int[] predicted;

  private LabelledProbabilities(float[] values, int[] labels, int classes) {
    this.values = values;
    this.labels = labels;
    this.classes = classes;
    predicted = new int[labels.length];
    for (int example = 0; example < predicted.length; example++) {
      int row = example * classes;
      predicted[example] = Tensors.argMax(classes, column -> values[row + column]);
    }
  }

  static LabelledProbabilities of(INDArray probabilities, int[] labels) {
    float[] values = Tensors.copyProbabilities(probabilities, Tensors.BATCH_CLASSES);
    int classes = (int) probabilities.size(1);
    Tensors.checkLabels(labels, (int) probabilities.size(0), classes);
    return new LabelledProbabilities(values, labels.clone(), classes);
  }

  /**
   * Every place of probabilities [batch, classes, places...] as an example of its own, but for
   * those of a label to be ignored; there may be none left.
   *
   * @param labels whole numbers [batch, places...]
   */
  static LabelledProbabilities ofPlaces(INDArray probabilities, INDArray labels, int ignored) {
    float[] rows = Tensors.copyPlaces(probabilities);
    int classes = (int) probabilities.size(1);
    int[] all = Tensors.copyPlaceLabels(labels, probabilities.shape(), ignored);
    int kept = 0;
    int[] keptLabels = new int[all.length];
    for (int place = 0; place < all.length; place++) {
      if (all[place] != ignored) {
        System.arraycopy(rows, place * classes, rows, kept * classes, classes);
        keptLabels[kept++] = all[place];
      }
    }
    return new LabelledProbabilities(rows, Arrays.copyOf(keptLabels, kept), classes);
  }

  int size() {
    return labels.length;
  }

  int classes() {
    return classes;
  }

  /** Whether the most probable class, the lowest one of equals, is the label. */
  boolean correct(int example) {
    return predicted[example] == labels[example];
  }

  /** The greatest class probability. */
  float confidence(int example) {
    return values[example * classes + predicted[example]];
  }

  float probability(int example, int column) {
    return values[example * classes + column];
  }

  boolean isLabel(int example, int column) {
    return labels[example] == column;
  }

  double negativeLogLikelihood(int example) {
    double probability = probability(example, labels[example]);
    return -Math.log(Math.max(probability, Calibration.PROBABILITY_FLOOR));
  }

  /** The squared distance to the one-hot label, summed over classes. */
  double squaredError(int example) {
    double sum = 0;
    for (int column = 0; column < classes; column++) {
      double target = isLabel(example, column) ? 1 : 0;
      double error = values[example * classes + column] - target;
      sum += error * error;
    }
    return sum;
  }
}
