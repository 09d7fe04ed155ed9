package io.bayes4j.layers.posterior;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.RegressionPrediction;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Predictions of a network that ends in a {@link VbllHead}: one pass, and no draws unless asked
 * for.
 *
 * <p>Without draws, numbers are the exact Gaussian of the bound, mean, and variance of weights and
 * noise together; classes are the softmax of m / sqrt(1 + pi v / 8), with mean m and variance v of
 * each logit, noise included (MacKay 1992). {@link #samples} draws logits or means from their
 * Gaussians instead, of which entropies and mutual information are then told; draws of different
 * examples are independent.
 */
public final class Vbll implements Predictor {
  private final Layer model;
  private final VbllHead head;
  private final int samples;
  private final long seed;

  private Vbll(Layer model, VbllHead head, int samples, long seed) {
    this.model = model;
    this.head = head;
    this.samples = samples;
    this.seed = seed;
  }

  /**
   * Predictions without draws.
   *
   * @param model whose last layer is a head
   * @throws IllegalArgumentException if the model has no head, or several
   */
  public static Vbll of(Layer model) {
    Require.nonNull(model, "model");
    List<VbllHead> heads =
        Layers.of(model).stream()
            .map(Layers.Located::layer)
            .filter(VbllHead.class::isInstance)
            .map(VbllHead.class::cast)
            .toList();
    Require.argument(
        heads.size() == 1, "model must have one VbllHead, its last layer, got %d", heads.size());
    return new Vbll(model, heads.get(0), 0, 0);
  }

  /**
   * The same with draws.
   *
   * @throws IllegalArgumentException if number is not above zero
   */
  @CheckReturnValue
  public Vbll samples(int number) {
    Require.positive((long) number, "samples");
    return new Vbll(model, head, number, seed);
  }

  /** The same with other draws; seed 0 unless set. */
  @CheckReturnValue
  public Vbll seed(long number) {
    return new Vbll(model, head, samples, number);
  }

  /**
   * Logits of classes, or means of numbers.
   *
   * @return [1, N, K], or [samples, N, K]
   */
  @Override
  public INDArray outputs(INDArray x) {
    INDArray both = both(x);
    INDArray mean = part(both, 0);
    INDArray variance = part(both, 1);
    if (head.forClasses()) {
      variance = plusNoise(variance);
    }
    if (samples == 0) {
      return stacked(head.forClasses() ? probit(mean, variance) : mean);
    }
    Noise noise = Noise.seeded(seed).split("vbll");
    StackedDraws all = new StackedDraws(samples);
    for (int s = 0; s < samples; s++) {
      all.add(stacked(drawn(mean, variance, noise.split(s).normals(mean.shape()))));
    }
    return all.all();
  }

  /**
   * Gaussians of numbers: the exact ones, or those of drawn means with the noise.
   *
   * @throws IllegalArgumentException if the head is one for classes, or x does not fit the model
   */
  @Override
  public RegressionPrediction regress(INDArray x) {
    Require.argument(
        !head.forClasses(), "the head must be one of regression to regress, got %s", head);
    if (samples > 0) {
      INDArray means = outputs(x);
      INDArray noise = Detached.fill(Detached.zeros(means.shape()), 0);
      return new RegressionPrediction(means, plusNoise(noise));
    }
    INDArray both = both(x);
    return new RegressionPrediction(stacked(part(both, 0)), stacked(plusNoise(part(both, 1))));
  }

  /**
   * Variance of each output that the posterior of the weights gives it, without noise: what the
   * head does not know.
   *
   * @param x inputs, the first axis counting the examples
   * @return [N, K]
   */
  public INDArray variance(INDArray x) {
    return part(both(x), 1);
  }

  /** Means and variances, [N, 2 K]. */
  private INDArray both(INDArray x) {
    INDArray all = MonteCarlo.atMean(model).outputs(x);
    Require.argument(
        all.rank() == 3 && all.size(2) == 2L * head.outputs(),
        "the model's last layer must be its VbllHead, which returns [N, %d], got %s",
        2 * head.outputs(),
        Require.text(all.shape()));
    return Detached.reshape(all, all.size(1), all.size(2));
  }

  private INDArray part(INDArray both, int number) {
    long k = head.outputs();
    return Detached.copy(Ops.slice(Var.constant(both), 1, number * k, (number + 1) * k).value());
  }

  private INDArray plusNoise(INDArray variance) {
    return Detached.copy(
        Ops.add(Var.constant(variance), Var.constant(head.noiseVariance())).value());
  }

  private static INDArray stacked(INDArray rows) {
    return Detached.reshape(rows, 1, rows.size(0), rows.size(1));
  }

  private static INDArray probit(INDArray mean, INDArray variance) {
    return Detached.copy(
        Elementwise.map(
            mean,
            variance,
            (m, v, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = (float) (m[i] / Math.sqrt(1 + Math.PI / 8 * v[i]));
              }
            }));
  }

  private static INDArray drawn(INDArray mean, INDArray variance, INDArray normals) {
    Var deviation = Ops.sqrt(Var.constant(variance));
    return Detached.copy(
        Ops.add(Var.constant(mean), Ops.mul(deviation, Var.constant(normals))).value());
  }
}
