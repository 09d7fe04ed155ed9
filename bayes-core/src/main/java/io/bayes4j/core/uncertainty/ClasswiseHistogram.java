package io.bayes4j.core.uncertainty;

/** The probabilities of each class and how often it was the label, in bins of equal width. */
final class ClasswiseHistogram {
  private final int classes;
  private final int bins;
  private final long[] count;
  private final long[] hits;
  private final OrderFreeSums sum;
  private final OrderFreeSums squares;
  private final OrderFreeSums sumOfHits;
  private long total;

  ClasswiseHistogram(int classes, int bins) {
    this.classes = classes;
    this.bins = bins;
    int cells = Math.multiplyExact(classes, bins);
    count = new long[cells];
    hits = new long[cells];
    sum = new OrderFreeSums(cells);
    squares = new OrderFreeSums(cells);
    sumOfHits = new OrderFreeSums(cells);
  }

  int classes() {
    return classes;
  }

  void add(LabelledProbabilities examples) {
    for (int i = 0; i < examples.size(); i++) {
      for (int k = 0; k < classes; k++) {
        float p = examples.probability(i, k);
        int cell = k * bins + ReliabilityHistogram.binOf(p, bins);
        count[cell]++;
        sum.add(cell, p);
        squares.add(cell, (double) p * p);
        if (examples.isLabel(i, k)) {
          hits[cell]++;
          sumOfHits.add(cell, p);
        }
      }
    }
    total += examples.size();
  }

  void add(ClasswiseHistogram other) {
    for (int cell = 0; cell < count.length; cell++) {
      count[cell] += other.count[cell];
      hits[cell] += other.hits[cell];
    }
    sum.add(other.sum);
    squares.add(other.squares);
    sumOfHits.add(other.sumOfHits);
    total += other.total;
  }

  /** The calibration errors of the classes' own probabilities, averaged over the classes. */
  double expectedError() {
    double error = 0;
    for (int cell = 0; cell < count.length; cell++) {
      error += Math.abs(hits[cell] - sum.value(cell));
    }
    return error / total / classes;
  }

  BrierDecomposition brier() {
    double reliability = 0;
    double resolution = 0;
    double uncertainty = 0;
    double variance = 0;
    double covariance = 0;
    for (int k = 0; k < classes; k++) {
      double share = hitsOf(k) / (double) total;
      uncertainty += total * share * (1 - share);
      for (int cell = k * bins; cell < (k + 1) * bins; cell++) {
        double n = count[cell];
        if (n > 0) {
          double mean = sum.value(cell) / n;
          double frequency = hits[cell] / n;
          reliability += n * (mean - frequency) * (mean - frequency);
          resolution += n * (frequency - share) * (frequency - share);
          variance += Math.max(0, squares.value(cell) - n * mean * mean);
          covariance += 2 * (sumOfHits.value(cell) - mean * hits[cell]);
        }
      }
    }
    return new BrierDecomposition(
        reliability / total,
        resolution / total,
        uncertainty / total,
        variance / total,
        covariance / total);
  }

  private long hitsOf(int k) {
    long all = 0;
    for (int cell = k * bins; cell < (k + 1) * bins; cell++) {
      all += hits[cell];
    }
    return all;
  }
}
