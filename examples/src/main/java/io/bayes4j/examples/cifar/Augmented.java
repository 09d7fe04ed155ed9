package io.bayes4j.examples.cifar;

import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.layers.train.Batch;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.TrainingListener;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.zip.CRC32;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Training images, in each epoch mirrored or not and moved by up to four pixels, what comes in from
 * outside being zero (He et al. 2016, section 4.2).
 *
 * <p>How an image is changed follows from seed, epoch and the image's number, so that a resumed
 * training sees what an uninterrupted one does: this is also the listener that counts the epochs.
 */
public final class Augmented implements Dataset, TrainingListener {
  private static final int SIDE = ColourImages.SIDE;
  private static final int FARTHEST = 4;
  private static final int NUMBERS = 3;

  private final ColourImages images;
  private final Noise noise;
  private int epochsMade;

  /** The images with changes that follow from a seed. */
  public Augmented(ColourImages images, long seed) {
    this.images = images;
    noise = Noise.seeded(seed).split("augmentation");
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public String fingerprint() {
    CRC32 sum = new CRC32();
    sum.update(images.pixels());
    for (int label : images.labels()) {
      sum.update(label);
    }
    return images.size() + " images, " + Long.toHexString(sum.getValue());
  }

  @Override
  public void epoch(EpochRecord record) {
    epochsMade = record.epoch();
  }

  @Override
  public Runnable restoring(Map<String, INDArray> state, int epochs) {
    return () -> epochsMade = epochs;
  }

  @Override
  public Batch batch(int... indices) {
    Noise ofEpoch = noise.split(epochsMade);
    INDArray inputs = Arena.allocate(indices.length, ColourImages.CHANNELS, SIDE, SIDE);
    FloatBuffer target = inputs.data().asNioFloat();
    float[] classes = new float[indices.length];
    float[] image = new float[ColourImages.BYTES];
    float[] change = new float[NUMBERS];
    for (int i = 0; i < indices.length; i++) {
      images.standardized(indices[i], image);
      ofEpoch.uniforms(change, 0, NUMBERS, (long) NUMBERS * indices[i]);
      float[] moved = moved(image, change[0] < 0.5, offset(change[1]), offset(change[2]));
      target.put(moved);
      classes[i] = images.label(indices[i]);
    }
    return new Batch(inputs, Nd4j.createFromArray(classes));
  }

  private static int offset(float uniform) {
    return (int) (uniform * (2 * FARTHEST + 1)) - FARTHEST;
  }

  static float[] moved(float[] image, boolean mirrored, int down, int right) {
    float[] out = new float[image.length];
    for (int row = 0; row < image.length / SIDE; row++) {
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
