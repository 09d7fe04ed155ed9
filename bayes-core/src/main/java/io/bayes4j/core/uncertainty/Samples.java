package io.bayes4j.core.uncertainty;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A checked copy of predictions of shape [samples, batch, width], read in any order; statistics
 * over samples are those of {@link Draws}.
 */
final class Samples {
  private final float[] values;
  private final int count;
  private final int batch;
  private final int width;

  private Samples(float[] values, INDArray source) {
    this.values = values;
    count = (int) source.size(0);
    batch = (int) source.size(1);
    width = (int) source.size(2);
  }

  /** Copies class probabilities [samples, batch, classes]. */
  static Samples probabilities(INDArray probabilities) {
    List<String> axes = Tensors.SAMPLES_BATCH_CLASSES;
    return new Samples(Tensors.copyProbabilities(probabilities, axes), probabilities);
  }

  /** Copies predictions of numbers [samples, batch, outputs]. */
  static Samples outputs(INDArray outputs, String name, Tensors.Bound bound) {
    return of(outputs, name, Tensors.SAMPLES_BATCH_OUTPUTS, bound);
  }

  /** Copies numbers of three axes. */
  static Samples of(INDArray array, String name, List<String> axes, Tensors.Bound bound) {
    return new Samples(Tensors.copyBounded(array, name, axes, bound), array);
  }

  int count() {
    return count;
  }

  int batch() {
    return batch;
  }

  int width() {
    return width;
  }

  float get(int sample, int example, int column) {
    return values[offset(sample, example) + column];
  }

  /** A new float32 array [batch, width]. */
  INDArray table(double[] rows) {
    return Tensors.array(rows, batch, width);
  }

  private int offset(int sample, int example) {
    return (sample * batch + example) * width;
  }
}
