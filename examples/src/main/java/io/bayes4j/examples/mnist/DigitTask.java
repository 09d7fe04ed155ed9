package io.bayes4j.examples.mnist;

import io.bayes4j.core.ops.Ops;
import io.bayes4j.examples.Check;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import io.bayes4j.examples.data.Normalization;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Telling two digits apart, by two outputs of a network: one of the five tasks of split MNIST.
 *
 * @param name such as "2 or 3"
 * @param train digits to learn from, of class 0 or 1
 * @param questions digits to be tested on
 * @param answers their classes
 * @param output the first of the two outputs
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and not leaving this package.
record DigitTask(String name, Dataset train, INDArray questions, int[] answers, long output) {
  static final int COUNT = 5;
  private static final int CLASSES = 2;

  /**
   * The five tasks, in the order of the digits.
   *
   * @param test the digits to be tested on
   * @param shared whether all tasks have the same two outputs, instead of two each
   */
  static List<DigitTask> split(LoadedData digits, ImageSet test, boolean shared) {
    Normalization normalization = Normalization.of(digits.train());
    List<DigitTask> tasks = new ArrayList<>();
    for (int task = 0; task < COUNT; task++) {
      int first = CLASSES * task;
      ImageSet train = pair(digits.train(), first);
      ImageSet asked = pair(test, first);
      tasks.add(
          new DigitTask(
              first + " or " + (first + 1),
              Dataset.of(DigitReader.tensor(train, normalization), classes(train), CLASSES),
              DigitReader.tensor(asked, normalization),
              classes(asked),
              shared ? 0 : first));
    }
    return List.copyOf(tasks);
  }

  /** Number of outputs that a network for the tasks has. */
  static long outputs(boolean shared) {
    return shared ? CLASSES : CLASSES * COUNT;
  }

  private static ImageSet pair(ImageSet digits, int first) {
    int[] indices =
        IntStream.range(0, digits.size())
            .filter(i -> digits.label(i) == first || digits.label(i) == first + 1)
            .toArray();
    Check.argument(indices.length > 0, "there must be digits %d or %d, got none", first, first + 1);
    return digits.select(indices);
  }

  private static int[] classes(ImageSet digits) {
    return IntStream.of(digits.labels()).map(digit -> digit % CLASSES).toArray();
  }

  /** Cross-entropy of the task's two outputs. */
  Loss loss() {
    Loss both = Losses.crossEntropy();
    return (y, targets) -> both.of(Ops.slice(y, 1, output, output + CLASSES), targets);
  }

  /** A predictor of all outputs as one of the task's two. */
  Predictor of(Predictor all) {
    return x ->
        all.outputs(x)
            .get(
                NDArrayIndex.all(),
                NDArrayIndex.all(),
                NDArrayIndex.interval(output, output + CLASSES))
            .dup('c');
  }
}
