package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.List;

/** Counts, confidences and hits of examples in bins of equal width of confidence. */
final class ReliabilityHistogram {
  private final long[] count;
  private final long[] correct;
  private final OrderFreeSum[] confidence;

  ReliabilityHistogram(int bins) {
    requireBins(bins);
    count = new long[bins];
    correct = new long[bins];
    confidence = new OrderFreeSum[bins];
    for (int bin = 0; bin < bins; bin++) {
      confidence[bin] = new OrderFreeSum();
    }
  }

  static void requireBins(int bins) {
    Require.argument(bins >= 1, "bins must be >= 1, got %d", bins);
  }

  int bins() {
    return count.length;
  }

  void add(LabelledProbabilities examples) {
    for (int i = 0; i < examples.size(); i++) {
      int bin = binOf(examples.confidence(i));
      count[bin]++;
      correct[bin] += examples.correct(i) ? 1 : 0;
      confidence[bin].add(examples.confidence(i));
    }
  }

  void add(ReliabilityHistogram other) {
    for (int bin = 0; bin < count.length; bin++) {
      count[bin] += other.count[bin];
      correct[bin] += other.correct[bin];
      confidence[bin].add(other.confidence[bin]);
    }
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
      sum += Math.abs(correct[bin] - confidence[bin].value());
    }
    return sum / total();
  }

  List<ReliabilityBin> toList() {
    List<ReliabilityBin> list = new ArrayList<>();
    for (int bin = 0; bin < count.length; bin++) {
      double size = count[bin];
      list.add(
          new ReliabilityBin(
              edge(bin),
              edge(bin + 1),
              count[bin],
              confidence[bin].value() / size,
              correct[bin] / size));
    }
    return List.copyOf(list);
  }

  // Edges are compared as floats, so that a confidence of 0.2f lies at the edge 0.2, not above it.
  private int binOf(float value) {
    int bin = Math.max(0, (int) Math.ceil((double) value * count.length) - 1);
    bin = Math.min(bin, count.length - 1);
    return bin > 0 && value <= (float) edge(bin) ? bin - 1 : bin;
  }

  private double edge(int bin) {
    return bin / (double) count.length;
  }

  private static long sum(long[] counts) {
    long sum = 0;
    for (long each : counts) {
      sum += each;
    }
    return sum;
  }
}
