package io.bayes4j.benchmarks;

import io.bayes4j.core.internal.Require;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Images of CIFAR-10 as networks are trained on them: {@code (pixel / 255 - mean) / deviation} of
 * each colour, with ImageNet's means and deviations.
 */
final class CifarBatch {
  private static final float[] MEANS = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATIONS = {0.229f, 0.224f, 0.225f};
  private static final int PLANE = 32 * 32;
  private static final int PIXELS = 3 * PLANE;
  private static final int RECORD = 1 + PIXELS;

  private final INDArray images;
  private final int[] labels;

  private CifarBatch(INDArray images, int[] labels) {
    this.images = images;
    this.labels = labels;
  }

  /** The images, [N, 3, 32, 32]. */
  INDArray images() {
    return images;
  }

  /** The class of each image, 0 to 9, as a copy. */
  int[] labels() {
    return labels.clone();
  }

  /**
   * Reads a file of the data set's binary version: for each image its class, then its red, green
   * and blue planes.
   *
   * @throws IllegalArgumentException if the file is not such
   */
  static CifarBatch read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Require.argument(
        bytes.length > 0 && bytes.length % RECORD == 0,
        "%s must hold records of %d bytes, holds %d bytes (is it still compressed?)",
        file,
        RECORD,
        bytes.length);
    int[] labels = new int[bytes.length / RECORD];
    float[] pixels = new float[labels.length * PIXELS];
    for (int n = 0; n < labels.length; n++) {
      labels[n] = Byte.toUnsignedInt(bytes[n * RECORD]);
      Require.argument(labels[n] < 10, "class of image %d must be below 10, got %d", n, labels[n]);
      for (int i = 0; i < PIXELS; i++) {
        float share = Byte.toUnsignedInt(bytes[n * RECORD + 1 + i]) / 255f;
        pixels[n * PIXELS + i] = (share - MEANS[i / PLANE]) / DEVIATIONS[i / PLANE];
      }
    }
    return new CifarBatch(Nd4j.createFromArray(pixels).reshape(labels.length, 3, 32, 32), labels);
  }

  /** The first images, or all if there are fewer. */
  CifarBatch first(int number) {
    int n = Math.min(number, labels.length);
    return new CifarBatch(
        images.get(NDArrayIndex.interval(0, n)).dup('c'), Arrays.copyOf(labels, n));
  }
}
