package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.List;

/** Counts, confidences and hits of examples in bins of equal width of confidence. */
final class ReliabilityHistogram {
  private final long[] count;
  private final long[] correct;
  private final OrderFreeSums confidence;

  ReliabilityHistogram(int bins) {
    requireBins(bins);
    count = new long[bins];
    correct = new long[bins];
    confidence = new OrderFreeSums(bins);
  }

  static void requireBins(int bins) {
    Require.argument(bins >= 1, "bins must be >= 1, got %d", bins);
  }

  int bins() {
    return count.length;
  }

  void add(LabelledProbabilities examples) {
    for (int i = 0; i < examples.size(); i++) {
      add(examples.confidence(i), examples.correct(i));
    }
  }

  /** Adds what was expected of an example, 0 to 1, and whether it came true. */
  void add(float expected, boolean came) {
    int bin = binOf(expected, count.length);
    count[bin]++;
    correct[bin] += came ? 1 : 0;
    confidence.add(bin, expected);
  }

  void add(ReliabilityHistogram other) {
    for (int bin = 0; bin < count.length; bin++) {
      count[bin] += other.count[bin];
      correct[bin] += other.correct[bin];
    }
    confidence.add(other.confidence);
  }

  /** The number of examples in all bins. */
  long total() {
    return sum(count);
  }

  /** The share of all examples that is right. */
  double accuracy() {
    return sum(correct) / (double) total();
  }

  /** The gaps of the bins, weighted by their shares of the examples. */
  double expectedError() {
    double sum = 0;
    for (int bin = 0; bin < count.length; bin++) {
      sum += Math.abs(correct[bin] - confidence.value(bin));
    }
    return sum / total();
  }

  /** The greatest of the gaps. */
  double greatestError() {
    return toList().stream().mapToDouble(ReliabilityBin::gap).max().orElseThrow();
  }

  List<ReliabilityBin> toList() {
    List<ReliabilityBin> list = new ArrayList<>();
    for (int bin = 0; bin < count.length; bin++) {
      double size = count[bin];
      list.add(
          new ReliabilityBin(
              edge(bin, count.length),
              edge(bin + 1, count.length),
              count[bin],
              confidence.value(bin) / size,
              correct[bin] / size));
    }
    return List.copyOf(list);
  }

  /**
   * The bin of (lower, upper] that a number of [0, 1] lies in, 0 in the first. Edges are compared
   * as floats, so that a confidence of 0.2f lies at the edge 0.2, not above it.
   */
  static int binOf(float value, int bins) {
    int bin = Math.max(0, (int) Math.ceil((double) value * bins) - 1);
    bin = Math.min(bin, bins - 1);
    return bin > 0 && value <= (float) edge(bin, bins) ? bin - 1 : bin;
  }

  private static double edge(int bin, int bins) {
    return bin / (double) bins;
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long each : counts) {
      sum += each;
    }
    return sum;
  }
}
