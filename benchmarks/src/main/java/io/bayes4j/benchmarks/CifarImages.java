package io.bayes4j.benchmarks;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.train.Batch;
import io.bayes4j.layers.train.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The training images of CIFAR-10, each time mirrored or not and moved by up to four pixels, as the
 * network was trained that PyTorch's weights come from.
 */
final class CifarImages implements Dataset {
  private static final int FILES = 5;
  private static final int SIDE = 32;
  private static final int CHANNELS = 3;
  private static final int PIXELS = CHANNELS * SIDE * SIDE;
  private static final int FARTHEST = 4;

  private final List<float[]> images;
  private final int[] labels;
  private final Noise noise = Noise.seeded(5).split("augment");

  /** Batches asked for so far: each is changed in ways of its own. */
  private long batches;

  private CifarImages(List<float[]> images, int[] labels) {
    this.images = images;
    this.labels = labels;
  }

  /**
   * Reads data_batch_1.bin to data_batch_5.bin.
   *
   * @param folder where they are
   */
  static CifarImages training(Path folder) throws IOException {
    List<float[]> images = new ArrayList<>();
    IntStream.Builder labels = IntStream.builder();
    for (int file = 1; file <= FILES; file++) {
      CifarBatch batch = CifarBatch.read(folder.resolve("data_batch_" + file + ".bin"));
      FloatMemory pixels = FloatMemory.of(batch.images(), "images");
      for (int label : batch.labels()) {
        float[] image = new float[PIXELS];
        pixels.read((long) (images.size() % batch.labels().length) * PIXELS, image, PIXELS);
        images.add(image);
        labels.add(label);
      }
    }
    return new CifarImages(images, labels.build().toArray());
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public Batch batch(int... indices) {
    float[] change = new float[3 * indices.length];
    noise.split(batches++).uniforms(change, 0, change.length, 0);
    INDArray inputs = Arena.allocate(indices.length, CHANNELS, SIDE, SIDE);
    FloatMemory target = FloatMemory.of(inputs, "inputs");
    float[] classes = new float[indices.length];
    for (int i = 0; i < indices.length; i++) {
      float[] image = images.get(indices[i]);
      boolean mirrored = change[3 * i] < 0.5;
      float[] moved = moved(image, mirrored, offset(change[3 * i + 1]), offset(change[3 * i + 2]));
      target.write((long) i * PIXELS, moved, PIXELS);
      classes[i] = labels[indices[i]];
    }
    return new Batch(inputs, Nd4j.createFromArray(classes));
  }

  private static int offset(float uniform) {
    return (int) (uniform * (2 * FARTHEST + 1)) - FARTHEST;
  }

  /** What comes in from outside is zero, the mean of the pixels. */
  private static float[] moved(float[] image, boolean mirrored, int down, int right) {
    float[] out = new float[PIXELS];
    for (int row = 0; row < CHANNELS * SIDE; row++) {
      int y = row % SIDE - down;
      for (int x = 0; x < SIDE; x++) {
        int from = (mirrored ? SIDE - 1 - x : x) - right;
        if (y >= 0 && y < SIDE && from >= 0 && from < SIDE) {
          out[row * SIDE + x] = image[(row - down) * SIDE + from];
        }
      }
    }
    return out;
  }
}
