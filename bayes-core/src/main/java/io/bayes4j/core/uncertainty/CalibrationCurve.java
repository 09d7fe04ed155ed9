package io.bayes4j.core.uncertainty;

import java.util.Arrays;

/**
 * A function of a probability: linear between knots and flat beyond them, or the steps of bins of
 * equal width.
 *
 * @param knots rising; none for steps
 * @param values at the knots, or in the bins
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record CalibrationCurve(float[] knots, float[] values) {
  /**
   * The rising function nearest to whether the examples are of a class, by pools of adjacent
   * violators; examples of equal probability are one with a weight.
   */
  static CalibrationCurve isotonic(float[] probabilities, boolean[] hits) {
    Integer[] order = new Integer[hits.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Float.compare(probabilities[a], probabilities[b]));
    double[] weight = new double[hits.length];
    double[] mean = new double[hits.length];
    // First and last probability of each pool.
    float[] first = new float[hits.length];
    float[] last = new float[hits.length];
    int pools = 0;
    for (int i = 0; i < order.length; ) {
      float p = probabilities[order[i]];
      double count = 0;
      double sum = 0;
      for (; i < order.length && probabilities[order[i]] == p; i++) {
        count++;
        sum += hits[order[i]] ? 1 : 0;
      }
      first[pools] = p;
      last[pools] = p;
      weight[pools] = count;
      mean[pools++] = sum / count;
      while (pools > 1 && mean[pools - 2] >= mean[pools - 1]) {
        pools--;
        double both = weight[pools - 1] + weight[pools];
        mean[pools - 1] =
            (weight[pools - 1] * mean[pools - 1] + weight[pools] * mean[pools]) / both;
        weight[pools - 1] = both;
        last[pools - 1] = last[pools];
      }
    }
    return ofPools(pools, first, last, mean);
  }

  private static CalibrationCurve ofPools(int pools, float[] first, float[] last, double... mean) {
    float[] knots = new float[2 * pools];
    float[] values = new float[2 * pools];
    int count = 0;
    for (int pool = 0; pool < pools; pool++) {
      knots[count] = first[pool];
      values[count++] = (float) mean[pool];
      if (last[pool] > first[pool]) {
        knots[count] = last[pool];
        values[count++] = (float) mean[pool];
      }
    }
    return new CalibrationCurve(Arrays.copyOf(knots, count), Arrays.copyOf(values, count));
  }

  /** How often the examples of each bin are of a class; the middle of a bin without examples. */
  static CalibrationCurve histogram(float[] probabilities, boolean[] hits, int bins) {
    double[] count = new double[bins];
    double[] sum = new double[bins];
    for (int i = 0; i < hits.length; i++) {
      int bin = ReliabilityHistogram.binOf(probabilities[i], bins);
      count[bin]++;
      sum[bin] += hits[i] ? 1 : 0;
    }
    float[] values = new float[bins];
    for (int bin = 0; bin < bins; bin++) {
      values[bin] = (float) (count[bin] == 0 ? (bin + 0.5) / bins : sum[bin] / count[bin]);
    }
    return new CalibrationCurve(new float[0], values);
  }

  double at(float probability) {
    if (knots.length == 0) {
      return values[ReliabilityHistogram.binOf(probability, values.length)];
    }
    int found = Arrays.binarySearch(knots, probability);
    if (found >= 0) {
      return values[found];
    }
    int above = -found - 1;
    if (above == 0 || above == knots.length) {
      return values[above == 0 ? 0 : above - 1];
    }
    double share =
        ((double) probability - knots[above - 1]) / ((double) knots[above] - knots[above - 1]);
    return values[above - 1] + share * ((double) values[above] - values[above - 1]);
  }
}
