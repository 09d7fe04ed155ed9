package io.bayes4j.layers.train;

import io.bayes4j.core.internal.Require;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Examples that can be asked for by number. */
public interface Dataset {
  /** Number of examples. */
  int size();

  /**
   * The examples of the given numbers, in that order.
   *
   * @param indices each in [0, size)
   */
  Batch batch(int... indices);

  /**
   * A word for the content, by which a resumed run tells whether its data are those that it began
   * with.
   *
   * <p>This one says the size, the shapes, and a checksum of up to 16 examples spread over the
   * data, asked for twice: of inputs or targets that differ between the two, as with random
   * augmentation, it says the shapes alone. Data held in memory (see {@link #of}) are summed up
   * whole. Override it where examples are dear, or to compare more.
   *
   * @return a short text; equal for equal data, also in another process
   */
  default String fingerprint() {
    return Fingerprint.ofSamples(this);
  }

  /**
   * Examples held in memory.
   *
   * @param inputs [N, ...], all finite; not copied unless in an ND4J workspace, do not change it
   * @param targets [N, ...], all finite; not copied unless in an ND4J workspace, do not change it
   * @throws IllegalArgumentException if the numbers of rows differ, there is none, or a number is
   *     not finite
   */
  static Dataset of(INDArray inputs, INDArray targets) {
    Require.open(inputs, "inputs");
    Require.open(targets, "targets");
    return new ArrayDataset(inputs, targets);
  }

  /**
   * Examples of classes, held in memory.
   *
   * @param inputs [N, ...], all finite; not copied unless in an ND4J workspace, do not change it
   * @param labels class of each example
   * @param classes number of classes
   * @throws IllegalArgumentException if the numbers of rows differ, there is none, an input is not
   *     finite, or a label is not in [0, classes)
   */
  static Dataset of(INDArray inputs, int[] labels, int classes) {
    Require.open(inputs, "inputs");
    Require.nonNull(labels, "labels");
    return new ArrayDataset(inputs, ArrayDataset.targets(labels, classes));
  }

  /**
   * Examples whose every place has a class, held in memory, for cross entropy of outputs [N, K,
   * places...].
   *
   * @param inputs [N, ...], all finite; not copied, do not change it
   * @param labels class of each place [N, places...], of any numeric type; copied
   * @param classes number of classes
   * @throws IllegalArgumentException if the numbers of rows differ, there is none, an input is not
   *     finite, or a label is not a whole number in [0, classes)
   */
  static Dataset of(INDArray inputs, INDArray labels, int classes) {
    Require.open(inputs, "inputs");
    Require.open(labels, "labels");
    return new ArrayDataset(inputs, PlaceLabels.checked(labels, classes, null));
  }

  /**
   * The same where some places have no class.
   *
   * @param ignored label of a place that counts for nothing; give it to {@link
   *     io.bayes4j.layers.loss.CrossEntropy#withIgnoredLabel} too
   * @throws IllegalArgumentException if the numbers of rows differ, there is none, an input is not
   *     finite, or a label is neither ignored nor a whole number in [0, classes)
   */
  static Dataset of(INDArray inputs, INDArray labels, int classes, int ignored) {
    Require.open(inputs, "inputs");
    Require.open(labels, "labels");
    return new ArrayDataset(inputs, PlaceLabels.checked(labels, classes, ignored));
  }

  /**
   * The same examples, which count more or less often: a weight multiplies the negative
   * log-likelihood of its example, as if the example were there that many times. The bound still
   * divides the divergence by the number of examples; weights with a mean of one keep the balance.
   *
   * @param weights one for each example, none negative
   * @throws IllegalArgumentException if there is not one for each example, one is negative or not
   *     finite, or all are zero
   */
  default Dataset weighted(double... weights) {
    return new WeightedDataset(this, weights);
  }
}
