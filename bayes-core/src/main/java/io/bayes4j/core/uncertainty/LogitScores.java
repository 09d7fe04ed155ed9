package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Scores of how little a classifier's logits look like those of its own data, for {@link
 * OutOfDistribution}: higher is further out.
 *
 * <p>Logits are float32 [batch, classes], finite, of one network; for many draws average the scores
 * of each, or take {@link Uncertainty}. Every function throws {@link IllegalArgumentException} if
 * they are not such, and returns a new float32 array [batch].
 */
public final class LogitScores {
  private LogitScores() {}

  /**
   * One minus the greatest softmax probability, 0 to 1 (Hendrycks, Gimpel, "A Baseline for
   * Detecting Misclassified and Out-of-Distribution Examples in Neural Networks", 2017).
   */
  public static INDArray maxSoftmax(INDArray logits) {
    // Of the others' probabilities: close to certainty, 1 - p would have no digits left.
    return scores(
        logits,
        row -> {
          int best = Tensors.argMax(row.length, k -> row[k]);
          double others = 0;
          for (int k = 0; k < row.length; k++) {
            others += k == best ? 0 : Math.exp((double) row[k] - row[best]);
          }
          return others / (1 + others);
        });
  }

  /**
   * The negative of the greatest logit (Hendrycks et al., "Scaling Out-of-Distribution Detection
   * for Real-World Settings", 2022).
   */
  public static INDArray maxLogit(INDArray logits) {
    return scores(logits, row -> -row[Tensors.argMax(row.length, k -> row[k])]);
  }

  /**
   * The free energy {@code -T log sum exp(logits / T)} (Liu, Wang, Owens, Li, "Energy-based
   * Out-of-distribution Detection", 2020).
   *
   * @param temperature T, above zero; 1 is the paper's
   * @throws IllegalArgumentException also if the temperature is not finite and above zero
   */
  public static INDArray energy(INDArray logits, double temperature) {
    Require.positive(temperature, "temperature");
    return scores(
        logits,
        row -> {
          double greatest = row[Tensors.argMax(row.length, k -> row[k])];
          double sum = 0;
          for (float logit : row) {
            sum += Math.exp((logit - greatest) / temperature);
          }
          return -greatest - temperature * Math.log(sum);
        });
  }

  private static INDArray scores(INDArray logits, ToDoubleFunction<float[]> score) {
    float[] all = Tensors.copyBounded(logits, "logits", Tensors.BATCH_CLASSES, Tensors.Bound.NONE);
    float[] row = new float[(int) logits.size(1)];
    double[] scores = new double[all.length / row.length];
    for (int i = 0; i < scores.length; i++) {
      System.arraycopy(all, i * row.length, row, 0, row.length);
      scores[i] = score.applyAsDouble(row);
    }
    return Tensors.array(scores, scores.length);
  }
}
