package io.bayes4j.quant;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sizes of the activations that a layer has been given: a histogram that grows as they do. */
final class ActivationHistogram {
  static final int BINS = 4096;

  private final long[] counts = new long[BINS];
  private float width;
  private float greatest;
  private boolean negative;
  private long seen;
  private long zeros;

  /**
   * Counts activations.
   *
   * @throws IllegalArgumentException if one is not finite
   */
  void add(INDArray x) {
    FloatMemory memory = Layout.memory(InputScale.dense(x), "x");
    try (Scratch scratch = Scratch.open()) {
      float[] chunk = scratch.array();
      for (long at = 0; at < memory.length(); at += Scratch.SIZE) {
        int n = (int) Math.min(Scratch.SIZE, memory.length() - at);
        memory.read(at, chunk, n);
        add(chunk, n);
      }
    }
  }

  private void add(float[] values, int n) {
    float largest = 0;
    for (int i = 0; i < n; i++) {
      Require.argument(
          Float.isFinite(values[i]),
          "activations must be finite in calibration, got %s",
          values[i]);
      negative |= values[i] < 0;
      zeros += values[i] == 0 ? 1 : 0;
      largest = Math.max(largest, Math.abs(values[i]));
    }
    reach(largest);
    seen += n;
    if (width == 0) {
      counts[0] += n;
      return;
    }
    for (int i = 0; i < n; i++) {
      counts[Math.min(BINS - 1, (int) (Math.abs(values[i]) / width))]++;
    }
  }

  /** Widens the bins until they hold a size. */
  private void reach(float largest) {
    greatest = Math.max(greatest, largest);
    if (width == 0 && largest > 0) {
      // Nothing but zeros so far, which stay in the first bin.
      width = largest / BINS * 1.0001f;
    }
    while (largest > width * BINS) {
      for (int bin = 0; bin < BINS; bin++) {
        counts[bin] = bin < BINS / 2 ? counts[2 * bin] + counts[2 * bin + 1] : 0;
      }
      width *= 2;
    }
  }

  /** Whether there was a negative activation. */
  boolean negative() {
    return negative;
  }

  /** The greatest size. */
  float greatest() {
    return greatest;
  }

  long seen() {
    return seen;
  }

  long count(int bin) {
    return counts[bin];
  }

  /** How many in a bin are not zero, which is exact at any range. */
  long rounded(int bin) {
    return bin == 0 ? counts[0] - zeros : counts[bin];
  }

  long zeros() {
    return zeros;
  }

  /** Size at the upper end of a number of bins. */
  float end(int bins) {
    return bins * width;
  }

  /** Number of bins up to the last that holds something. */
  int used() {
    int used = BINS;
    while (used > 1 && counts[used - 1] == 0) {
      used--;
    }
    return used;
  }

  /** Least number of bins that hold a share of all. */
  int binsOfShare(double share) {
    long wanted = (long) Math.ceil(share * seen);
    long sum = 0;
    for (int bin = 0; bin < BINS; bin++) {
      sum += counts[bin];
      if (sum >= wanted) {
        return bin + 1;
      }
    }
    return used();
  }

  /** How many lie beyond a number of bins. */
  long beyond(int bins) {
    long sum = 0;
    for (int bin = bins; bin < BINS; bin++) {
      sum += counts[bin];
    }
    return sum;
  }
}
