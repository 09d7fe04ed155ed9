package io.bayes4j.examples.programs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.examples.Numbers;
import io.bayes4j.layers.predict.Prediction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Bends ahead, of any sharpness and wetness, each to be taken at one of some speeds. */
final class Roads {
  private static final int SPEEDS = 10;
  private static final int GROUPS = 8;
  private static final double SKID = 3;

  /** Sharpness and wetness of each. */
  private final float[] bends;

  Roads(int count, Noise noise) {
    bends = new float[2 * count];
    noise.uniforms(bends, 0, bends.length, 0);
  }

  /** The middles of the groups that a drive is told by. */
  static double[] wetness() {
    return IntStream.range(0, GROUPS).mapToDouble(group -> (group + 0.5) / GROUPS).toArray();
  }

  private int count() {
    return bends.length / 2;
  }

  private static double speed(int action) {
    return (action + 1.0) / SPEEDS;
  }

  /** Each bend at each speed, [bends * speeds, 3]. */
  INDArray everySpeed() {
    float[] inputs = new float[3 * count() * SPEEDS];
    for (int i = 0; i < count() * SPEEDS; i++) {
      inputs[3 * i] = bends[i / SPEEDS * 2];
      inputs[3 * i + 1] = bends[i / SPEEDS * 2 + 1];
      inputs[3 * i + 2] = (float) speed(i % SPEEDS);
    }
    return Numbers.array(inputs, (long) count() * SPEEDS, 3);
  }

  /** What each network drawn expects of each speed in each bend, [draws, bends, speeds]. */
  INDArray worth(Prediction ofEverySpeed) {
    float[] probabilities = Numbers.floats(ofEverySpeed.probabilities());
    float[] worth = new float[probabilities.length / 2];
    for (int i = 0; i < worth.length; i++) {
      worth[i] = (float) worth(speed(i % SPEEDS), probabilities[2 * i + 1]);
    }
    return Numbers.array(worth, ofEverySpeed.draws(), count(), SPEEDS);
  }

  /** A bend is worth its speed; one that was not made costs instead. */
  private static double worth(double speed, double skids) {
    return speed * (1 - skids) - SKID * skids;
  }

  /** What comes of the chosen speeds. */
  Drive drive(int... chosen) {
    Drive sums = new Drive(new double[GROUPS], new double[GROUPS], new double[GROUPS]);
    int[] counts = new int[GROUPS];
    for (int i = 0; i < chosen.length; i++) {
      double speed = speed(chosen[i]);
      double skids = Bends.skids(bends[2 * i], bends[2 * i + 1], speed);
      int group = (int) (bends[2 * i + 1] * GROUPS);
      counts[group]++;
      sums.speed()[group] += 100 * speed;
      sums.skids()[group] += 1000 * skids;
      sums.worth()[group] += worth(speed, skids);
    }
    for (int group = 0; group < GROUPS; group++) {
      int n = Math.max(1, counts[group]);
      sums.speed()[group] /= n;
      sums.skids()[group] /= n;
      sums.worth()[group] /= n;
    }
    return sums;
  }
}
