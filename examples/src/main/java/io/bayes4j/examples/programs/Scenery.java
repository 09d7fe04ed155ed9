package io.bayes4j.examples.programs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.examples.Numbers;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Pictures of roads that the program draws, with the class of every pixel. */
final class Scenery {
  static final int WIDTH = 64;
  static final int HEIGHT = 48;
  static final int AREA = WIDTH * HEIGHT;

  static final List<String> CLASSES = List.of("sky", "grass", "road", "car", "tree");

  private final float[] pixels;
  private final int[] labels;
  private final boolean[] strange;
  private final float[] nearness;
  private final int count;

  /**
   * Draws scenes.
   *
   * @param strangers whether a striped ball lies in each, such as in no other scene
   */
  Scenery(int count, Noise noise, boolean strangers) {
    this.count = count;
    pixels = new float[3 * AREA * count];
    labels = new int[AREA * count];
    strange = new boolean[AREA * count];
    nearness = new float[AREA * count];
    for (int i = 0; i < count; i++) {
      Painting painting = new Painting(noise.split(i));
      if (strangers) {
        painting.stripedBall();
      }
      painting.finish();
      System.arraycopy(painting.pixels(), 0, pixels, 3 * AREA * i, 3 * AREA);
      System.arraycopy(painting.labels(), 0, labels, AREA * i, AREA);
      System.arraycopy(painting.strange(), 0, strange, AREA * i, AREA);
      System.arraycopy(painting.nearness(), 0, nearness, AREA * i, AREA);
    }
  }

  /** Light from 0 to 1, [N, 3, height, width]. */
  INDArray pictures() {
    return Numbers.array(pixels, count, 3, HEIGHT, WIDTH);
  }

  /** The class of each pixel, picture after picture, row by row; meaningless in a striped ball. */
  int[] labels() {
    return labels.clone();
  }

  /** The same as an array [N, height, width]. */
  INDArray labelMaps() {
    float[] numbers = new float[labels.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = labels[i];
    }
    return Numbers.array(numbers, count, HEIGHT, WIDTH);
  }

  /** Whether a pixel shows a striped ball. */
  boolean isStrange(int pixel) {
    return strange[pixel];
  }

  /** Of what stands on the ground, 0 at the horizon to 1 at the viewer; NaN for sky and ground. */
  float nearness(int pixel) {
    return nearness[pixel];
  }
}
