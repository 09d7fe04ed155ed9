package io.bayes4j.core.uncertainty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The continuous ranked probability score of draws for a set that arrives in batches; that of
 * Gaussians and their mixtures is in {@link RegressionEvaluator}.
 *
 * <p>Two sums are kept, whatever the number of examples. The scores are the same, to the last bit,
 * for any order of the examples, any cut into batches and any way of merging. Not safe for use by
 * several threads: give each its own and merge them.
 */
public final class CrpsEvaluator {
  private final OrderFreeSum fair = new OrderFreeSum();
  private final OrderFreeSum empirical = new OrderFreeSum();
  private long count;
  private boolean single;

  /** An evaluator without examples. */
  public CrpsEvaluator() {}

  /**
   * Adds a batch; a batch that is refused leaves the evaluator as it was. Batches may have
   * different numbers of draws.
   *
   * @param draws float32 [samples, batch, outputs]
   * @param targets what came, float32 [batch, outputs]
   * @return this
   * @throws IllegalArgumentException if they are not such, or not finite
   */
  @CanIgnoreReturnValue
  public CrpsEvaluator add(INDArray draws, INDArray targets) {
    Samples samples = Samples.outputs(draws, "draws", Tensors.Bound.NONE);
    float[] y = Tensors.copyBounded(targets, "targets", Tensors.BATCH_OUTPUTS, Tensors.Bound.NONE);
    Tensors.checkSameShape(draws.slice(0), "one sample of draws", targets, "targets");
    double[] sorted = new double[samples.count()];
    for (int i = 0; i < y.length; i++) {
      for (int s = 0; s < sorted.length; s++) {
        sorted[s] = samples.get(s, i / samples.width(), i % samples.width());
      }
      Arrays.sort(sorted);
      add(y[i], sorted);
    }
    count += y.length;
    single |= sorted.length == 1;
    return this;
  }

  private void add(double target, double... sorted) {
    double distance = 0;
    double spread = 0;
    for (int s = 0; s < sorted.length; s++) {
      distance += Math.abs(sorted[s] - target);
      // A draw is the greater one of s pairs, and the lesser one of those that follow.
      spread += (2.0 * s - sorted.length + 1) * (sorted[s] - sorted[0]);
    }
    empirical.add((distance - spread / sorted.length) / sorted.length);
    if (sorted.length > 1) {
      fair.add((distance - spread / (sorted.length - 1.0)) / sorted.length);
    }
  }

  /**
   * Adds all that another evaluator has seen, as if its batches had been added here.
   *
   * @return this
   */
  @CanIgnoreReturnValue
  public CrpsEvaluator merge(CrpsEvaluator other) {
    Require.nonNull(other, "other");
    fair.add(other.fair);
    empirical.add(other.empirical);
    count += other.count;
    single |= other.single;
    return this;
  }

  /** Number of targets so far, of all outputs. */
  public long count() {
    return count;
  }

  /**
   * The mean score by the fair estimator, as {@link Crps#ofDraws} has it.
   *
   * @throws IllegalStateException if there are no examples, or some had one draw alone
   */
  public double ofDraws() {
    requireExamples();
    Require.state(
        !single, "the fair estimator needs two draws or more of every example, some had one");
    return fair.value() / count;
  }

  /**
   * The mean score of the distributions that consist of the draws, as {@link Crps#ofEmpirical} has
   * it.
   *
   * @throws IllegalStateException if there are no examples
   */
  public double ofEmpirical() {
    requireExamples();
    return empirical.value() / count;
  }

  private void requireExamples() {
    Require.state(count > 0, "a measure needs at least one example, got none");
  }
}
