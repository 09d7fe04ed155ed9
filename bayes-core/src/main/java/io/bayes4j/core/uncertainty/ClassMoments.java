package io.bayes4j.core.uncertainty;

import java.util.List;

/** Number, mean and scatter of the features of a class. */
final class ClassMoments {
  private final int count;
  private final double[] mean;
  private final double[][] scatter;

  private ClassMoments(int count, double[] mean, double[][] scatter) {
    this.count = count;
    this.mean = mean;
    this.scatter = scatter;
  }

  /**
   * Of the examples of a label, one or more.
   *
   * @param all features, row by row
   */
  ClassMoments(float[] all, int[] labels, int label) {
    int width = all.length / labels.length;
    mean = new double[width];
    scatter = new double[width][width];
    int found = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] == label) {
        found++;
        for (int j = 0; j < width; j++) {
          mean[j] += all[i * width + j];
        }
      }
    }
    count = found;
    for (int j = 0; j < width; j++) {
      mean[j] /= count;
    }
    double[] deviation = new double[width];
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] == label) {
        for (int j = 0; j < width; j++) {
          deviation[j] = all[i * width + j] - mean[j];
        }
        addOuter(deviation);
      }
    }
  }

  private void addOuter(double... deviation) {
    for (int j = 0; j < deviation.length; j++) {
      for (int k = 0; k <= j; k++) {
        scatter[j][k] += deviation[j] * deviation[k];
      }
    }
  }

  /** The scatter of all classes, each around its own mean. */
  static ClassMoments shared(List<ClassMoments> classes) {
    int width = classes.get(0).mean.length;
    double[][] sum = new double[width][width];
    int count = 0;
    for (ClassMoments own : classes) {
      count += own.count;
      for (int j = 0; j < width; j++) {
        for (int k = 0; k <= j; k++) {
          sum[j][k] += own.scatter[j][k];
        }
      }
    }
    return new ClassMoments(count, new double[width], sum);
  }

  int count() {
    return count;
  }

  double[] mean() {
    return mean;
  }

  /** The factor of the covariance, made positive definite if need be. */
  CholeskyFactor factor() {
    double[][] covariance = new double[mean.length][];
    for (int j = 0; j < mean.length; j++) {
      covariance[j] = scatter[j].clone();
      for (int k = 0; k <= j; k++) {
        covariance[j][k] /= count;
      }
    }
    return CholeskyFactor.ofRaised(covariance);
  }
}
