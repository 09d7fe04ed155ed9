package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Statistics over samples of predictions [samples, batch, width], which are read where they lie:
 * block by block of examples, checked and worked on while they are in the cache.
 *
 * <p>What is wrong with a number is therefore said by the first statistic that is asked for.
 */
final class Draws {
  /** Floats of a block, which fit into the second cache of a core. */
  private static final int BLOCK = 1 << 16;

  /** Blocks that share an array. */
  private static final int GRAIN = 8;

  private final FloatMemory memory;
  private final Rule rule;
  private final Runnable explanation;
  private final int count;
  private final int batch;
  private final int width;

  /** Whether numbers are what they must be, of whole rows that follow each other. */
  @FunctionalInterface
  private interface Rule {
    boolean holds(float[] numbers, int length);
  }

  /** Works on the draws of some examples. */
  @FunctionalInterface
  private interface Task {
    void run(Block block);
  }

  /**
   * All draws of some examples.
   *
   * @param samples a row of numbers for each, in arrays that may be longer
   * @param first place of a row's first number in a table [batch, width]
   * @param size how many numbers a row has
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Block(float[][] samples, int first, int size) {}

  private Draws(INDArray source, String name, Rule rule, Runnable explanation) {
    this.memory = FloatMemory.reading(source, name);
    this.rule = rule;
    this.explanation = explanation;
    count = (int) source.size(0);
    batch = (int) source.size(1);
    width = (int) source.size(2);
  }

  /** Class probabilities [samples, batch, classes]. */
  static Draws probabilities(INDArray probabilities) {
    List<String> axes = Tensors.SAMPLES_BATCH_CLASSES;
    Tensors.requireFloats(probabilities, Tensors.PROBABILITIES, axes);
    int classes = (int) probabilities.size(2);
    return new Draws(
        probabilities,
        Tensors.PROBABILITIES,
        (numbers, length) -> Tensors.wrongRows(numbers, classes, 0, length / classes) == 0,
        () -> Tensors.copyProbabilities(probabilities, axes));
  }

  /** Predictions of numbers [samples, batch, outputs]. */
  static Draws outputs(INDArray outputs, String name, Tensors.Bound bound) {
    return of(outputs, name, Tensors.SAMPLES_BATCH_OUTPUTS, bound);
  }

  /** Numbers of three axes. */
  static Draws of(INDArray array, String name, List<String> axes, Tensors.Bound bound) {
    Tensors.requireFloats(array, name, axes);
    return new Draws(
        array, name, bound::holds, () -> Tensors.copyBounded(array, name, axes, bound));
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

  private void forBlocks(Task task) {
    int examples = (int) Math.max(1, BLOCK / ((long) count * width));
    AtomicBoolean wrong = new AtomicBoolean();
    Parallel.forRange(
        batch,
        Math.min(batch, GRAIN * examples),
        (from, to) -> {
          float[][] samples = new float[count][(int) Math.min(examples, to - from) * width];
          for (long example = from; example < to; example += examples) {
            int size = (int) Math.min(examples, to - example) * width;
            Block block = new Block(samples, (int) example * width, size);
            if (read(block)) {
              task.run(block);
            } else {
              wrong.set(true);
            }
          }
        });
    if (wrong.get()) {
      explanation.run();
      throw new IllegalStateException("numbers were changed while they were read");
    }
  }

  /** Whether all that was read is what it must be. */
  private boolean read(Block block) {
    boolean holds = true;
    for (int sample = 0; sample < count; sample++) {
      long at = (long) sample * batch * width + block.first;
      memory.read(at, block.samples[sample], block.size);
      holds &= rule.holds(block.samples[sample], block.size);
    }
    return holds;
  }

  /** The mean over samples, [batch, width] row by row. */
  double[] mean() {
    double[] mean = new double[batch * width];
    forBlocks(block -> addMeans(block, mean));
    return mean;
  }

  private void addMeans(Block block, double[] mean) {
    for (float[] sample : block.samples) {
      add(sample, block.size, mean, block.first);
    }
    divide(mean, block.first, block.first + block.size);
  }

  private static void add(float[] sample, int n, double[] sums, int first) {
    for (int i = 0; i < n; i++) {
      sums[first + i] += sample[i];
    }
  }

  /** The population variance over samples, [batch, width] row by row. */
  double[] variance() {
    double[] variance = new double[batch * width];
    double[] mean = new double[batch * width];
    forBlocks(
        block -> {
          addMeans(block, mean);
          for (float[] sample : block.samples) {
            addSquares(sample, block, mean, variance);
          }
          divide(variance, block.first, block.first + block.size);
        });
    return variance;
  }

  private static void addSquares(float[] sample, Block block, double[] mean, double[] squares) {
    int first = block.first;
    for (int i = 0; i < block.size; i++) {
      double deviation = sample[i] - mean[first + i];
      squares[first + i] += deviation * deviation;
    }
  }

  /** One [batch, width] table of quantiles over samples for each of the given probabilities. */
  double[][] quantiles(double... probabilities) {
    double[][] quantiles = new double[probabilities.length][batch * width];
    ColumnSelection selection = ColumnSelection.of(count, probabilities);
    forBlocks(block -> selection.quantiles(block.samples, block.size, quantiles, block.first));
    return quantiles;
  }

  /** The mean entropy of the samples of each example, in nats. */
  double[] expectedEntropies() {
    return split().expected;
  }

  /**
   * Means [batch, classes], and entropies of each example in nats.
   *
   * @param mean over the samples
   * @param predictive entropy of the mean
   * @param expected mean of the samples' entropies
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Split(double[] mean, double[] predictive, double[] expected) {
    double[] information() {
      double[] information = new double[predictive.length];
      for (int i = 0; i < information.length; i++) {
        information[i] = Math.max(0, predictive[i] - expected[i]);
      }
      return information;
    }
  }

  /** What a split of uncertainty needs, in one sweep. */
  Split split() {
    double[] mean = new double[batch * width];
    double[] expected = new double[batch];
    forBlocks(
        block -> {
          addMeans(block, mean);
          for (float[] sample : block.samples) {
            addEntropies(sample, block, expected);
          }
          divide(expected, block.first / width, (block.first + block.size) / width);
        });
    double[] predictive = entropies(mean);
    // One sample is its own mean; the two are rounded in different ways.
    return new Split(mean, predictive, count == 1 ? predictive.clone() : expected);
  }

  private void addEntropies(float[] sample, Block block, double[] entropies) {
    int example = block.first / width;
    for (int at = 0; at < block.size; example++) {
      double sum = 0;
      for (int next = at + width; at < next; at++) {
        sum += sample[at] * Logarithm.of(sample[at]);
      }
      entropies[example] -= sum;
    }
  }

  /** The entropy of the mean of each example, in nats. */
  double[] predictiveEntropies() {
    return entropies(mean());
  }

  private double[] entropies(double... rows) {
    double[] entropies = new double[batch];
    for (int i = 0; i < rows.length; i++) {
      entropies[i / width] += Uncertainty.entropyTerm(rows[i]);
    }
    return entropies;
  }

  /** How many samples have each column as the greatest, the first one of equals, [batch, width]. */
  int[] votes() {
    int[] votes = new int[batch * width];
    forBlocks(
        block -> {
          for (float[] sample : block.samples) {
            for (int at = 0; at < block.size; at += width) {
              votes[block.first + at + argMax(sample, at)]++;
            }
          }
        });
    return votes;
  }

  /** The place of the greatest of a row of probabilities, whose bits are in the same order. */
  private int argMax(float[] numbers, int from) {
    long best = 0;
    for (int i = 0; i < width; i++) {
      long bits = Float.floatToRawIntBits(numbers[from + i]);
      best = Math.max(best, (bits << Integer.SIZE) | (Integer.MAX_VALUE - i));
    }
    return Integer.MAX_VALUE - (int) best;
  }

  /** A new float32 array [batch, width]. */
  INDArray table(double[] rows) {
    return Tensors.array(rows, batch, width);
  }

  /** A new float32 array [batch]. */
  INDArray vector(double[] examples) {
    return Tensors.array(examples, batch);
  }

  private void divide(double[] sums, int from, int to) {
    for (int i = from; i < to; i++) {
      sums[i] /= count;
    }
  }
}
