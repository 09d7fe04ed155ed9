package io.bayes4j.core.uncertainty;

import java.util.Arrays;

/** How many members of two groups score at most each distinct score, from low to high. */
final class CumulativeCounts {
  private final double[] scores;
  private final int[] first;
  private final int[] second;

  private CumulativeCounts(double[] scores, int[] first, int[] second) {
    this.scores = scores;
    this.first = first;
    this.second = second;
  }

  /** Counts two groups of scores without NaN. */
  static CumulativeCounts of(double[] firstScores, double[] secondScores) {
    double[] a = sorted(firstScores);
    double[] b = sorted(secondScores);
    double[] scores = new double[a.length + b.length];
    int[] first = new int[scores.length];
    int[] second = new int[scores.length];
    int steps = 0;
    int i = 0;
    int j = 0;
    while (i < a.length || j < b.length) {
      double score = j == b.length || (i < a.length && a[i] < b[j]) ? a[i] : b[j];
      while (i < a.length && a[i] <= score) {
        i++;
      }
      while (j < b.length && b[j] <= score) {
        j++;
      }
      scores[steps] = score;
      first[steps] = i;
      second[steps] = j;
      steps++;
    }
    return new CumulativeCounts(
        Arrays.copyOf(scores, steps), Arrays.copyOf(first, steps), Arrays.copyOf(second, steps));
  }

  /** The number of distinct scores. */
  int steps() {
    return scores.length;
  }

  /** How many the first group has. */
  int firsts() {
    return first(steps() - 1);
  }

  /** How many the second group has. */
  int seconds() {
    return second(steps() - 1);
  }

  double score(int step) {
    return scores[step];
  }

  /** How many of the first group score at most the score of a step; 0 for step -1. */
  int first(int step) {
    return step < 0 ? 0 : first[step];
  }

  /** How many of the second group score at most the score of a step; 0 for step -1. */
  int second(int step) {
    return step < 0 ? 0 : second[step];
  }

  private static double[] sorted(double[] scores) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
