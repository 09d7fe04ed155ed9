package io.bayes4j.core.ops;

import org.jspecify.annotations.Nullable;

/**
 * Binary cross entropy of one example's logits, summed over them: with y the target, w the weight
 * of a positive one and s the softplus, (1 - y) x + (1 + (w - 1) y) s(-x), where s(-x) = log(1 +
 * e^-|x|) + max(-x, 0) has no overflow.
 */
final class BernoulliTerm implements ExampleLoss.Term {
  /** Row-major, as many as logits. */
  private final float[] targets;

  private final int length;

  /** One for each label; one for all; or null for ones. */
  private final float @Nullable [] positiveWeights;

  /** Logits of each label of an example. */
  private final int places;

  BernoulliTerm(float[] targets, int length, int places, float @Nullable [] positiveWeights) {
    this.targets = targets;
    this.length = length;
    this.places = places;
    this.positiveWeights = positiveWeights;
  }

  @Override
  public double value(float[] x, int at, int example) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      double logit = x[at + i];
      double y = targets[example * length + i];
      double softplus = Math.log1p(Math.exp(-Math.abs(logit))) + Math.max(-logit, 0);
      sum += (1 - y) * logit + (1 + (weight(i) - 1) * y) * softplus;
    }
    return sum;
  }

  @Override
  public void gradient(float[] x, int at, int example, float factor) {
    for (int i = 0; i < length; i++) {
      double y = targets[example * length + i];
      double negative = 1 / (1 + Math.exp(x[at + i]));
      x[at + i] = (float) (factor * (1 - y - (1 + (weight(i) - 1) * y) * negative));
    }
  }

  private double weight(int i) {
    if (positiveWeights == null) {
      return 1;
    }
    return positiveWeights.length == 1 ? positiveWeights[0] : positiveWeights[i / places];
  }
}
