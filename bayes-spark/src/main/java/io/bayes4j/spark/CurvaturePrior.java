package io.bayes4j.spark;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.PosteriorSweep;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.variational.VariationalAffine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The prior of a dense layer's weights for a part that knows the other parts' loss as a quadratic
 * model: a Gaussian of each weight, which keeps the spreads, and for the means D = [weight, bias]
 * less their start, the sum of D * (gradient + outputs D inputs / 2). Bias and weight are moved
 * together; the weight's prior has the whole sum.
 */
final class CurvaturePrior implements Prior {
  private final GaussianPrior each;
  private final @Nullable VariationalParameter bias;
  private final INDArray start;
  private final INDArray gradient;
  private final INDArray inputs;
  private final INDArray outputs;

  private CurvaturePrior(
      GaussianPrior each,
      @Nullable VariationalParameter bias,
      INDArray start,
      INDArray gradient,
      INDArray inputs,
      INDArray outputs) {
    this.each = each;
    this.bias = bias;
    this.start = start;
    this.gradient = gradient;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /**
   * Gives all layers of a network such priors, around its means.
   *
   * @param others the loss of the other parts
   * @param prior of all weights, whose divergence is counted once more
   * @param scale what the curvature for the means is multiplied by, so that parts that move at the
   *     same time do not overshoot
   * @param beta weight of the divergence, which the others' loss must not be multiplied by
   */
  static void write(Layer network, Curvature others, Gaussians prior, double scale, double beta) {
    List<VariationalAffine> layers = Curvature.layersOf(network);
    float[] means = ModelState.of(network).mean();
    double[] precision = prior.precision().clone();
    double[] shift = new double[precision.length];
    List<float[]> pulls = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < layers.size(); i++) {
      DenseCurvature sums = others.layers().get(i);
      float[] pull = sums.gradient().clone();
      int units = Math.toIntExact(layers.get(i).op().units());
      int width = pull.length / units;
      for (int k = 0; k < pull.length; k++) {
        int weight = at + position(k / width, k % width, layers.get(i));
        double bend =
            sums.outputs()[k / width * (units + 1)]
                * (sums.inputs()[k % width * (width + 1)] / others.count());
        // The Gaussian is centred at the start: what the prior pulls from there is added.
        pull[k] =
            (float)
                (pull[k] / beta
                    + prior.precision()[weight] * means[weight]
                    - prior.shift()[weight]);
        precision[weight] += bend / beta;
        shift[weight] = precision[weight] * means[weight];
      }
      pulls.add(pull);
      at += pull.length;
    }
    ModelState.writePrior(network, new Gaussians(precision, shift));
    for (int i = 0; i < layers.size(); i++) {
      write(layers.get(i), others.layers().get(i), pulls.get(i), scale / (beta * others.count()));
    }
  }

  /** Where a layer's weights lie in a {@link ModelState}: row by row, the bias after them. */
  private static int position(int unit, int input, VariationalAffine layer) {
    int length = Math.toIntExact(layer.op().inputs());
    return input == length
        ? Math.toIntExact(layer.op().units()) * length + unit
        : unit * length + input;
  }

  private static void write(
      VariationalAffine layer, DenseCurvature sums, float[] pull, double scale) {
    long units = layer.op().units();
    long width = pull.length / units;
    float[] inputs = sums.inputs().clone();
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] *= (float) scale;
    }
    VariationalParameter weight = Require.entry(layer.distributions(), "weight");
    VariationalParameter bias = layer.distributions().get("bias");
    weight.setPrior(
        new CurvaturePrior(
            (GaussianPrior) weight.prior(),
            bias,
            Detached.copy(joined(weight.posterior(), bias).value()),
            Detached.of(pull, units, width),
            Detached.of(inputs, width, width),
            Detached.of(sums.outputs().clone(), units, units)));
  }

  private static Var joined(GaussianPosterior weight, @Nullable VariationalParameter bias) {
    if (bias == null) {
      return weight.mean();
    }
    Var column = Ops.reshape(bias.posterior().mean(), weight.shape()[0], 1);
    return Ops.concat(1, weight.mean(), column);
  }

  @Override
  public Var kl(GaussianPosterior posterior, Noise noise) {
    Var moved = Ops.sub(joined(posterior, bias), Var.constant(start));
    Var bent = Ops.matmul(Ops.matmul(Var.constant(outputs), moved), Var.constant(inputs));
    Var slope = Ops.add(Var.constant(gradient), Ops.scale(bent, 0.5));
    Var divergence = PosteriorSweep.now(() -> each.kl(posterior, noise));
    return Ops.add(divergence, Ops.sum(Ops.mul(moved, slope)));
  }

  @Override
  public String kind() {
    return "curvature";
  }

  @Override
  public Map<String, INDArray> numbers() {
    return each.numbers();
  }

  @Override
  public Prior withNumbers(Map<String, INDArray> numbers) {
    throw new UnsupportedOperationException(
        "the prior of a part in a round is not read from a file");
  }
}
