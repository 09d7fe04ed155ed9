package io.bayes4j.layers.train;

import java.util.Arrays;

/**
 * How an epoch's examples are cut into batches, and batches gathered to steps.
 *
 * <p>Batches are of almost equal size: none is so small that batch statistics mean nothing. A batch
 * of one is made only where nothing else is possible; rather than that, with batches of two, one
 * takes three.
 *
 * @param examples number of examples
 * @param batchSize most examples of a batch
 * @param dropLast whether all batches are full, and the examples beyond wait for another epoch
 * @param accumulated most batches of a step
 */
record BatchPlan(int examples, int batchSize, boolean dropLast, int accumulated) {
  int batches() {
    if (dropLast) {
      return examples / batchSize;
    }
    int batches = (int) (((long) examples + batchSize - 1) / batchSize);
    return batchSize > 1 && examples / batches < 2 ? Math.max(1, examples / 2) : batches;
  }

  int steps() {
    return (int) (((long) batches() + accumulated - 1) / accumulated);
  }

  /** The numbers of the examples of each batch of a step, which is numbered from 0. */
  int[][] of(int step, int... order) {
    int first = (int) ((long) batches() * step / steps());
    int end = (int) ((long) batches() * (step + 1) / steps());
    int[][] parts = new int[end - first][];
    Arrays.setAll(parts, i -> Arrays.copyOfRange(order, start(first + i), start(first + i + 1)));
    return parts;
  }

  private int start(int batch) {
    return dropLast ? batch * batchSize : (int) ((long) examples * batch / batches());
  }
}
