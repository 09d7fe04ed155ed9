package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.SoftmaxColumns;
import java.util.Arrays;

/**
 * The mean negative log-likelihood of labels under the mean over draws of softmax(W z + b), with
 * its gradient by what W and b are made of.
 */
final class ScalingObjective implements Lbfgs.Objective {
  private final Samples logits;
  private final int[] labels;
  private final Form form;
  private final double penalty;

  /** What W and b are made of. */
  enum Form {
    /** One number, the logarithm of what multiplies all logits. */
    TEMPERATURE,
    /** K numbers that multiply the logits of each class, and K that are added. */
    VECTOR,
    /** W row by row, and b. */
    MATRIX
  }

  ScalingObjective(Samples logits, int[] labels, Form form, double penalty) {
    this.logits = logits;
    this.labels = labels;
    this.form = form;
    this.penalty = penalty;
  }

  /** The parameters that change nothing. */
  double[] identity() {
    int k = logits.width();
    return switch (form) {
      case TEMPERATURE -> new double[1];
      case VECTOR -> {
        double[] x = new double[2 * k];
        Arrays.fill(x, 0, k, 1);
        yield x;
      }
      case MATRIX -> {
        double[] x = new double[k * k + k];
        for (int i = 0; i < k; i++) {
          x[i * k + i] = 1;
        }
        yield x;
      }
    };
  }

  /** W row by row. */
  static double[] weight(Form form, int k, double... x) {
    double[] weight = new double[k * k];
    for (int i = 0; i < k; i++) {
      for (int j = 0; j < k; j++) {
        weight[i * k + j] =
            switch (form) {
              case TEMPERATURE -> i == j ? Math.exp(x[0]) : 0;
              case VECTOR -> i == j ? x[i] : 0;
              case MATRIX -> x[i * k + j];
            };
      }
    }
    return weight;
  }

  static double[] bias(Form form, int k, double... x) {
    return form == Form.TEMPERATURE ? new double[k] : Arrays.copyOfRange(x, x.length - k, x.length);
  }

  @Override
  public double at(double[] x, double[] gradient) {
    int k = logits.width();
    int draws = logits.count();
    double[] bias = bias(form, k, x);
    double[][] probabilities = new double[draws][k];
    double[] ofLabel = new double[draws];
    double[] byScaled = new double[k];
    Arrays.fill(gradient, 0);
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      double mean = 0;
      double greatest = Double.NEGATIVE_INFINITY;
      for (int s = 0; s < draws; s++) {
        scale(s, i, x, bias, probabilities[s]);
        double own = probabilities[s][labels[i]];
        ofLabel[s] = SoftmaxColumns.shares(probabilities[s], 0, k).share(own);
        greatest = Math.max(greatest, ofLabel[s]);
      }
      for (int s = 0; s < draws; s++) {
        ofLabel[s] = Math.exp(ofLabel[s] - greatest);
        mean += ofLabel[s] / draws;
      }
      loss -= (greatest + Math.log(mean)) / labels.length;
      for (int s = 0; s < draws; s++) {
        double share = ofLabel[s] / (draws * mean) / labels.length;
        for (int c = 0; c < k; c++) {
          byScaled[c] = share * (probabilities[s][c] - (c == labels[i] ? 1 : 0));
        }
        backward(s, i, x, byScaled, gradient);
      }
    }
    return loss + penalize(x, gradient);
  }

  /** W z + b of an example in a draw. */
  private void scale(int draw, int example, double[] x, double[] bias, double... out) {
    int k = out.length;
    double factor = form == Form.TEMPERATURE ? Math.exp(x[0]) : 0;
    for (int c = 0; c < k; c++) {
      double logit = logits.get(draw, example, c);
      double scaled = bias[c];
      if (form == Form.MATRIX) {
        for (int j = 0; j < k; j++) {
          scaled += x[c * k + j] * logits.get(draw, example, j);
        }
      } else {
        scaled += logit * (form == Form.VECTOR ? x[c] : factor);
      }
      out[c] = scaled;
    }
  }

  private void backward(int draw, int example, double[] x, double[] byScaled, double... gradient) {
    int k = byScaled.length;
    for (int c = 0; c < k; c++) {
      double logit = logits.get(draw, example, c);
      switch (form) {
        case TEMPERATURE -> gradient[0] += byScaled[c] * logit * Math.exp(x[0]);
        case VECTOR -> gradient[c] += byScaled[c] * logit;
        case MATRIX -> {
          for (int j = 0; j < k; j++) {
            gradient[c * k + j] += byScaled[c] * logits.get(draw, example, j);
          }
        }
      }
      if (form != Form.TEMPERATURE) {
        gradient[gradient.length - k + c] += byScaled[c];
      }
    }
  }

  /** The penalty times the means of the squares off W's diagonal and of b. */
  private double penalize(double[] x, double... gradient) {
    if (form != Form.MATRIX || penalty == 0) {
      return 0;
    }
    int k = logits.width();
    double offDiagonal = Math.max(1, k * (k - 1));
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      boolean ofBias = i >= k * k;
      if (ofBias || i / k != i % k) {
        double factor = penalty / (ofBias ? k : offDiagonal);
        sum += factor * x[i] * x[i];
        gradient[i] += 2 * factor * x[i];
      }
    }
    return sum;
  }
}
