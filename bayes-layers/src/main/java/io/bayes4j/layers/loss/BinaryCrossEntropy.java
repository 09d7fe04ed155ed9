package io.bayes4j.layers.loss;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.CheckedWeights;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Classification;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross entropy of logits and yes-or-no targets, in nats: PyTorch's {@code BCEWithLogitsLoss},
 * summed over the labels and places of an example and averaged over the examples.
 *
 * <p>Outputs are the logits [N] or [N, 1] of one question, or [N, K] of K questions that are
 * answered independently, which is not the same as K classes of which one is right; also with
 * places behind, [N, 1, H, W]. Targets have the outputs' shape, where an axis 1 of length 1 may be
 * left out; each is 0, 1 or a probability between.
 *
 * <p>The sum over labels and places is the negative log-likelihood of an example, and what KL / N
 * belongs beside: PyTorch's {@code reduction='sum'} over N. Its default divides by the number of
 * labels and places too.
 */
@CheckReturnValue
public final class BinaryCrossEntropy implements Loss {
  private final float @Nullable [] positiveWeights;
  private final double gamma;

  BinaryCrossEntropy(float @Nullable [] positiveWeights, double gamma) {
    this.positiveWeights = positiveWeights;
    this.gamma = gamma;
  }

  /**
   * The same with a yes that counts more or less often than a no: PyTorch's {@code pos_weight}.
   *
   * @param weights one for each label, or one for all
   * @throws IllegalArgumentException if there is none, or one is negative or not finite
   */
  public BinaryCrossEntropy withPositiveWeights(double... weights) {
    return new BinaryCrossEntropy(CheckedWeights.floats("positiveWeights", weights), gamma);
  }

  /**
   * The same with answers that count by (1 - p)^gamma, where p is the probability of the right one:
   * the focal loss (Lin et al. 2017), which is no likelihood. Targets must be 0 or 1.
   *
   * @param gamma 0 changes nothing, 2 is usual
   * @throws IllegalArgumentException if it is not in [0, 100]
   */
  public BinaryCrossEntropy withFocus(double gamma) {
    return new BinaryCrossEntropy(positiveWeights, Focus.checked(gamma));
  }

  @Override
  public Var of(Var output, INDArray targets) {
    return weighted(output, targets, null);
  }

  @Override
  public Var weighted(Var output, INDArray targets, @Nullable INDArray weights) {
    Require.open(output, "output");
    float[] wanted = targets(output.value(), targets);
    float[] own = CheckedWeights.ofExamples(weights, output.size(0));
    return gamma == 0
        ? Classification.binaryCrossEntropy(output, wanted, positiveWeights, own)
        : focal(output, wanted, own);
  }

  private Var focal(Var logits, float[] wanted, float @Nullable [] exampleWeights) {
    int n = Math.toIntExact(logits.size(0));
    int labels = logits.rank() == 1 ? 1 : Math.toIntExact(logits.size(1));
    int length = wanted.length / n;
    int count = positiveWeights == null ? 1 : positiveWeights.length;
    Require.argument(
        count == 1 || count == labels, "positiveWeights must be %d numbers, got %d", labels, count);
    float[] signs = new float[wanted.length];
    float[] weights = new float[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      boolean yes = wanted[i] == 1;
      Require.argument(
          yes || wanted[i] == 0, "targets[%d] must be 0 or 1 with a focus, got %s", i, wanted[i]);
      int label = i % length / (length / labels);
      float positive = positiveWeights == null ? 1 : positiveWeights[count == 1 ? 0 : label];
      signs[i] = yes ? -1 : 1;
      weights[i] = (yes ? positive : 1) * (exampleWeights == null ? 1 : exampleWeights[i / length]);
    }
    Var wrong = Ops.mul(logits, Var.constant(Detached.of(signs, logits.shape())));
    Var terms = Focus.of(Ops.neg(Activations.softplus(wrong)), gamma);
    Var weighted = Ops.mul(terms, Var.constant(Detached.of(weights, logits.shape())));
    return Ops.scale(Ops.sum(weighted), 1.0 / n);
  }

  @Override
  public Map<String, Double> metrics(INDArray output, INDArray targets) {
    float[] wanted = targets(output, targets);
    float[] logits = Detached.copy(output).data().asFloat();
    int right = 0;
    for (int i = 0; i < wanted.length; i++) {
      Require.argument(
          wanted[i] >= 0 && wanted[i] <= 1, "targets[%d] must be in [0, 1], got %s", i, wanted[i]);
      right += logits[i] > 0 == wanted[i] > 0.5 ? 1 : 0;
    }
    return Map.of("accuracy", (double) right / wanted.length);
  }

  private static float[] targets(INDArray output, INDArray targets) {
    Require.open(output, "output");
    Require.open(targets, "targets");
    Require.argument(output.rank() >= 1, "output must be [N, ...], got a scalar");
    Require.argument(
        Arrays.equals(squeezed(output), squeezed(targets)),
        "targets must have the output's shape %s%s, got %s",
        Require.text(output.shape()),
        output.rank() > 1 && output.size(1) == 1 ? ", with or without its axis 1" : "",
        Require.text(targets.shape()));
    return Detached.copy(targets).data().asFloat();
  }

  /** The shape without an axis 1 of length 1. */
  private static long[] squeezed(INDArray array) {
    long[] shape = array.shape();
    boolean one = shape.length > 1 && shape[1] == 1;
    return one
        ? LongStream.range(0, shape.length).filter(a -> a != 1).map(a -> shape[(int) a]).toArray()
        : shape;
  }

  @Override
  public String toString() {
    return "BinaryCrossEntropy(positive weights "
        + Arrays.toString(positiveWeights)
        + (gamma == 0 ? "" : ", focus " + gamma)
        + ")";
  }
}
