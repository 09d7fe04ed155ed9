package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.ArgMax;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Classification;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Losses that are small where a model is certain of what it gets right and uncertain of what it
 * gets wrong: to be added to a likelihood, which they do not replace.
 *
 * <p>Each is -log of the share of the desired examples in all, where an example counts by how good
 * and how certain it is: goodness or 1 - goodness, times 1 - tanh u or tanh u (Krishnan and Tickoo,
 * NeurIPS 2020; Kose et al., UNCV at ECCV 2022); where confidence is predicted, times the
 * confidence or 1 less it. A cell without examples is a sum of zero. A batch without a desired
 * example costs about -log 1e-10, and still has a gradient, which Bayesian-Torch's has not.
 */
public final class AlignmentLosses {
  private static final double LEAST_SHARE = 1e-10;

  /** Thresholds of an area: the range of the batch's uncertainties in twenty equal parts. */
  private static final int PARTS = 20;

  private AlignmentLosses() {}

  /**
   * Accuracy versus uncertainty (AvU) of [N, K] logits and N class numbers. Goodness is the
   * probability of the answer, uncertainty the entropy.
   *
   * @param threshold greatest entropy, in nats, of a certain example
   * @throws IllegalArgumentException if the threshold is not finite
   */
  public static Loss accuracyVersusUncertainty(double threshold) {
    Require.argument(Double.isFinite(threshold), "threshold must be finite, got %s", threshold);
    return new ShareLoss(
        "AccuracyVersusUncertainty(threshold " + threshold + ")",
        (output, targets) -> minusLog(answers(output, targets).share(threshold)));
  }

  /** The same without a threshold: the share's mean over thresholds in the batch's own range. */
  public static Loss areaUnderAccuracyVersusUncertainty() {
    return new ShareLoss("AreaUnderAccuracyVersusUncertainty", AlignmentLosses::area);
  }

  private static Var area(Var output, INDArray targets) {
    Judged answers = answers(output, targets);
    float[] doubts = FloatMemory.numbers(answers.uncertainty.value(), "uncertainty");
    double least = doubts[0];
    double most = doubts[0];
    for (float doubt : doubts) {
      least = Math.min(least, doubt);
      most = Math.max(most, doubt);
    }
    double range = most - least;
    Var area = Var.constant(0);
    for (int k = 0; k <= PARTS; k++) {
      double trapezoid = (k == 0 || k == PARTS ? 0.5 : 1.0) / PARTS;
      Var share = answers.share(least + range * k / PARTS);
      area = Ops.add(area, Ops.scale(share, trapezoid));
    }
    return minusLog(area);
  }

  /**
   * Error aligned uncertainty (EaU) of regression with predicted spread, see {@link
   * Losses#gaussianNll()}. Goodness is 1 - tanh |error|, uncertainty the standard deviation; every
   * number of an output counts as an example.
   *
   * @param errorThreshold greatest error of a right number, in the targets' unit
   * @param uncertaintyThreshold greatest standard deviation of a certain one, in the same unit
   * @throws IllegalArgumentException if a threshold is not finite and above zero
   */
  public static Loss errorAlignedUncertainty(double errorThreshold, double uncertaintyThreshold) {
    Require.positive(errorThreshold, "errorThreshold");
    Require.positive(uncertaintyThreshold, "uncertaintyThreshold");
    String name =
        "ErrorAlignedUncertainty(error "
            + errorThreshold
            + ", uncertainty "
            + uncertaintyThreshold
            + ")";
    return new ShareLoss(
        name,
        (output, targets) -> {
          Losses.requireMeansAndSpreads(output, targets);
          long outputs = targets.size(1);
          Var difference = Ops.sub(Ops.slice(output, 1, 0, outputs), Var.constant(targets));
          Var error = Ops.add(Activations.relu(difference), Activations.relu(Ops.neg(difference)));
          Var sigma = Ops.sqrt(Losses.variance(Ops.slice(output, 1, outputs, 2 * outputs)));
          Var goodness = Ops.shift(Ops.neg(Activations.tanh(error)), 1);
          INDArray right = atMost(errorThreshold, error.value());
          return minusLog(new Judged(goodness, right, sigma).share(uncertaintyThreshold));
        });
  }

  /**
   * Error aligned confidence (EaC) of regression with a predicted confidence: of an output [N, 2 D]
   * the first half are the predictions of targets [N, D], the sigmoid of the second half how
   * confident each is. Goodness is 1 - tanh |error|.
   *
   * @param errorThreshold greatest error of a right number, in the targets' unit
   * @param confidenceThreshold greatest confidence of an uncertain one
   * @throws IllegalArgumentException if errorThreshold is not finite and above zero, or
   *     confidenceThreshold not in (0, 1)
   */
  public static Loss errorAlignedConfidence(double errorThreshold, double confidenceThreshold) {
    requireConfidence(errorThreshold, confidenceThreshold);
    String name =
        "ErrorAlignedConfidence(error "
            + errorThreshold
            + ", confidence "
            + confidenceThreshold
            + ")";
    return new ShareLoss(
        name,
        (output, targets) -> {
          Losses.requireMeansAndSpreads(output, targets);
          long outputs = targets.size(1);
          Var difference = Ops.sub(Ops.slice(output, 1, 0, outputs), Var.constant(targets));
          Var error = Ops.add(Activations.relu(difference), Activations.relu(Ops.neg(difference)));
          Var confidence = Activations.sigmoid(Ops.slice(output, 1, outputs, 2 * outputs));
          return aligned(error, confidence, errorThreshold, confidenceThreshold);
        });
  }

  /**
   * The same of errors and confidences that a model of yours computes otherwise: Bayesian-Torch's
   * {@code EaCLoss}.
   *
   * @param error of each prediction, none negative
   * @param confidence in each, from 0 to 1, of the same shape
   * @param errorThreshold greatest error of a right prediction
   * @param confidenceThreshold greatest confidence of an uncertain one
   * @return a scalar
   * @throws IllegalArgumentException if the shapes differ, errorThreshold is not finite and above
   *     zero, or confidenceThreshold not in (0, 1)
   */
  public static Var errorAlignedConfidence(
      Var error, Var confidence, double errorThreshold, double confidenceThreshold) {
    Require.open(error, "error");
    Require.open(confidence, "confidence");
    Require.argument(
        Arrays.equals(error.shape(), confidence.shape()),
        "confidence must have the shape %s of error, got %s",
        Require.text(error.shape()),
        Require.text(confidence.shape()));
    requireConfidence(errorThreshold, confidenceThreshold);
    return aligned(error, confidence, errorThreshold, confidenceThreshold);
  }

  private static void requireConfidence(double errorThreshold, double confidenceThreshold) {
    Require.positive(errorThreshold, "errorThreshold");
    Require.argument(
        confidenceThreshold > 0 && confidenceThreshold < 1,
        "confidenceThreshold must be in (0, 1), got %s",
        confidenceThreshold);
  }

  private static Var aligned(
      Var error, Var confidence, double errorThreshold, double confidenceThreshold) {
    Var goodness = Ops.shift(Ops.neg(Activations.tanh(error)), 1);
    INDArray right = atMost(errorThreshold, error.value());
    Var doubt = Ops.shift(Ops.neg(confidence), 1);
    INDArray doubtful = atMost(confidenceThreshold, confidence.value());
    return minusLog(new Judged(goodness, right, doubt).share(doubt, doubtful));
  }

  /** A share of the batch, which is no mean over its examples. */
  private record ShareLoss(String name, Loss share) implements Loss {
    @Override
    public String toString() {
      return name;
    }

    @Override
    public Var of(Var output, INDArray targets) {
      return share.of(output, targets);
    }

    @Override
    public Var weighted(Var output, INDArray targets, @Nullable INDArray weights) {
      Require.argument(
          weights == null,
          "weights of examples must be none for an alignment loss, which is a share of the batch");
      return of(output, targets);
    }
  }

  private static Judged answers(Var logits, INDArray targets) {
    Require.open(logits, "output");
    int[] labels = CrossEntropy.labels(targets);
    Require.argument(
        logits.rank() == 2 && logits.size(0) == labels.length,
        "output must be [%d, K] for %d labels, got shape %s",
        labels.length,
        labels.length,
        Require.text(logits.shape()));
    Var logs = Classification.logSoftmax(logits);
    Var probabilities = Ops.exp(logs);
    int[] answers = ArgMax.ofRows(logits.value());
    int classes = Math.toIntExact(logits.size(1));
    float[] chosen = new float[labels.length * classes];
    float[] right = new float[labels.length];
    for (int i = 0; i < labels.length; i++) {
      Require.argument(
          labels[i] >= 0 && labels[i] < logits.size(1),
          "targets[%d] must be in [0, %d), got %d",
          i,
          logits.size(1),
          labels[i]);
      chosen[i * classes + answers[i]] = 1;
      right[i] = answers[i] == labels[i] ? 1 : 0;
    }
    return new Judged(
        Ops.sum(
            Ops.mul(probabilities, Var.constant(Detached.of(chosen, labels.length, classes))), 1),
        Detached.of(right, labels.length, 1),
        Ops.neg(Ops.sum(Ops.mul(probabilities, logs), 1)));
  }

  /** One where x is at most a threshold, else zero. */
  private static INDArray atMost(double threshold, INDArray x) {
    float bound = (float) threshold;
    return Elementwise.map(
        x,
        (in, out, n) -> {
          for (int i = 0; i < n; i++) {
            out[i] = in[i] <= bound ? 1 : 0;
          }
        });
  }

  /** Zero where a mask is one and the other way round. */
  private static INDArray rest(INDArray mask) {
    return Elementwise.map(
        mask,
        (in, out, n) -> {
          for (int i = 0; i < n; i++) {
            out[i] = 1 - in[i];
          }
        });
  }

  private static void either(float[] x, float[] y, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] == y[i] ? 0 : 1;
    }
  }

  private static Var minusLog(Var share) {
    return Ops.neg(Ops.log(share));
  }

  /**
   * Examples with their goodness, from 0 to 1, whether they are right, and their uncertainty.
   *
   * @param right ones and zeros
   */
  private record Judged(Var goodness, INDArray right, Var uncertainty) {
    /** Sum over right and certain or wrong and uncertain examples, over the sum over all. */
    Var share(double threshold) {
      INDArray doubtful = rest(atMost(threshold, uncertainty.value()));
      return share(Activations.tanh(uncertainty), doubtful);
    }

    /**
     * The same with a doubt from 0 to 1.
     *
     * @param doubtful one where an example is uncertain, else zero
     */
    Var share(Var doubt, INDArray doubtful) {
      Var weights = Ops.mul(orRest(goodness, right), orRest(doubt, doubtful));
      // One of the two alone: right and certain, or wrong and uncertain.
      INDArray wanted = Elementwise.map(right, doubtful, AlignmentLosses::either);
      Var desired = Ops.mul(weights, Var.constant(wanted));
      return Ops.div(
          Ops.shift(Ops.sum(desired), LEAST_SHARE), Ops.shift(Ops.sum(weights), LEAST_SHARE));
    }

    /** x where the mask is one, 1 - x where it is zero. */
    private static Var orRest(Var x, INDArray mask) {
      INDArray rest = rest(mask);
      Var signed = Ops.mul(x, Var.constant(Elementwise.sub(mask, rest)));
      return Ops.add(signed, Var.constant(rest));
    }
  }
}
