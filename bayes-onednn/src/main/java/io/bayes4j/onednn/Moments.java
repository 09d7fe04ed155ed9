package io.bayes4j.onednn;

/**
 * Means and population variances of channels, put together from those of parts.
 *
 * <p>Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
 * variances", 1979.
 */
final class Moments {
  private final double[] mean;

  /** Sums of squared distances to the mean. */
  private final double[] squares;

  private double count;

  /** Of no elements. */
  Moments(int channels) {
    mean = new double[channels];
    squares = new double[channels];
  }

  /** Takes in more elements, whose own moments are given. */
  void add(long elements, float[] means, float[] variances) {
    double share = elements / (count + elements);
    for (int c = 0; c < mean.length; c++) {
      double distance = means[c] - mean[c];
      mean[c] += distance * share;
      squares[c] += elements * (double) variances[c] + distance * distance * share * count;
    }
    count += elements;
  }

  float[] mean() {
    float[] means = new float[mean.length];
    for (int c = 0; c < means.length; c++) {
      means[c] = (float) mean[c];
    }
    return means;
  }

  float[] variance() {
    float[] variances = new float[mean.length];
    for (int c = 0; c < variances.length; c++) {
      variances[c] = (float) (squares[c] / count);
    }
    return variances;
  }
}
