package io.bayes4j.layers.posterior;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.loss.Loss;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A last dense layer without bias, with a Gaussian posterior over the weights of each output that
 * is learned in closed form, without draws (Harrison, Willes and Snoek 2024, "Variational Bayesian
 * Last Layers"). All layers before it are plain and learn along.
 *
 * <pre>{@code
 * VbllHead head = VbllHead.classification(64, 10, VbllHead.Covariance.DENSE, Init.seeded(1));
 * Layer model = Sequential.of(features, head);
 * Trainer.of(model, head.loss(data.size()), data).build().fit();
 * Prediction prediction = Vbll.of(model).classify(x);
 * }</pre>
 *
 * <p>It returns [N, 2 K]: of each output the mean, then the variance that the weights' posterior
 * gives it, without noise. {@link Vbll} makes predictions of these.
 *
 * <p>The loss is the negative bound of one example: exact for regression with Gaussian noise; for
 * classes with noise on the logits, Jensen's bound -mean_y + log sum exp(mean + variance / 2). Its
 * divergence counts once for all examples, so that {@code beta} of a trainer changes nothing.
 */
public final class VbllHead implements Layer {
  private final boolean classes;
  private final int features;
  private final int outputs;
  private final Belief belief;
  private final Parameter mean;
  private final Parameter logScale;

  /** Below the diagonal of the Cholesky factors [K, F, F], the rest unused; null if diagonal. */
  private final @Nullable Parameter factor;

  /** Ones below the diagonal, [1, F, F]. */
  private final @Nullable Var below;

  private final Parameter logNoise;

  /** What is kept of the covariance of the weights of one output. */
  public enum Covariance {
    /** Variances. */
    DIAGONAL,
    /** All covariances: F^2 numbers for each output. */
    DENSE
  }

  /**
   * What is believed before data are seen: weights are N(0, variance), and the precision of the
   * noise of each output is as if some examples of a scale had been seen, a Wishart prior.
   *
   * @param weightVariance of each weight
   * @param noiseScale of the Wishart prior
   * @param degrees of freedom of the Wishart prior
   */
  public record Belief(double weightVariance, double noiseScale, double degrees) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if the variance is not finite and above zero, or another
     *     number is negative or not finite
     */
    public Belief {
      Require.positiveAsFloat(weightVariance, "weightVariance");
      Require.notNegative(noiseScale, "noiseScale");
      Require.notNegative(degrees, "degrees");
    }
  }

  private VbllHead(
      boolean classes, int features, int outputs, Covariance covariance, Belief belief, Init init) {
    Require.positive((long) features, "features");
    Require.positive((long) outputs, "outputs");
    Require.nonNull(covariance, "covariance");
    Require.nonNull(belief, "belief");
    Require.nonNull(init, "init");
    this.classes = classes;
    this.features = features;
    this.outputs = outputs;
    this.belief = belief;
    this.mean =
        new Parameter(
            Detached.scale(init.normals(outputs, features), Math.sqrt(belief.weightVariance)));
    this.logScale =
        new Parameter(
            Detached.fill(Detached.zeros(outputs, features), 0.5 * Math.log(0.01 / features)));
    this.factor =
        covariance == Covariance.DENSE
            ? new Parameter(Detached.zeros(outputs, features, features))
            : null;
    this.below = factor == null ? null : Var.constant(onesBelowDiagonal(features));
    this.logNoise = new Parameter(Detached.fill(Detached.zeros(outputs), -1));
  }

  /**
   * A head for numbers with Gaussian noise that is learned, with the belief (1 / features, 0.01, 1)
   * of the authors' code.
   *
   * @param features F, what comes in: [N, F]
   * @param outputs D, targets are [N, D], best standardized
   * @throws IllegalArgumentException if a number is not above zero
   */
  public static VbllHead regression(int features, int outputs, Covariance covariance, Init init) {
    Require.positive((long) features, "features");
    return regression(features, outputs, covariance, new Belief(1.0 / features, 0.01, 1), init);
  }

  /** The same with another belief. */
  public static VbllHead regression(
      int features, int outputs, Covariance covariance, Belief belief, Init init) {
    return new VbllHead(false, features, outputs, covariance, belief, init);
  }

  /**
   * A head for classes, discriminative, with the belief (2 / features, 1, 1) of the authors' code.
   *
   * @param features F, what comes in: [N, F]
   * @param classes K
   * @throws IllegalArgumentException if features is not above zero, or classes is not above one
   */
  public static VbllHead classification(
      int features, int classes, Covariance covariance, Init init) {
    Require.positive((long) features, "features");
    return classification(features, classes, covariance, new Belief(2.0 / features, 1, 1), init);
  }

  /** The same with another belief. */
  public static VbllHead classification(
      int features, int classes, Covariance covariance, Belief belief, Init init) {
    Require.argument(classes > 1, "classes must be > 1, got %d", classes);
    return new VbllHead(true, features, classes, covariance, belief, init);
  }

  @Override
  public Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>();
    all.put("mean", mean);
    all.put("log_scale", logScale);
    if (factor != null) {
      all.put("factor", factor);
    }
    all.put("log_noise", logNoise);
    return all;
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        x.rank() == 2 && x.size(1) == features,
        "x must be [N, %d], got shape %s",
        features,
        Require.text(x.shape()));
    return Ops.concat(1, Ops.matmul(x, Ops.permute(mean.var(), 1, 0)), spread(x));
  }

  /** Variance of each output, [N, K]. */
  private Var spread(Var x) {
    Var scale = Ops.exp(logScale.var());
    if (factor == null) {
      return Ops.matmul(Ops.square(x), Ops.permute(Ops.square(scale), 1, 0));
    }
    long all = (long) outputs * features;
    Var columns = Ops.reshape(Ops.permute(belowDiagonal(), 1, 0, 2), features, all);
    Var strict = Ops.reshape(Ops.matmul(x, columns), x.size(0), outputs, features);
    Var own =
        Ops.mul(Ops.reshape(x, x.size(0), 1, features), Ops.reshape(scale, 1, outputs, features));
    Var projected = Ops.add(strict, own);
    return Ops.reshape(Ops.sum(Ops.square(projected), 2), x.size(0), outputs);
  }

  /** The Cholesky factors of the covariances without their diagonals, [K, F, F]. */
  private Var belowDiagonal() {
    return Ops.mul(Objects.requireNonNull(factor).var(), Objects.requireNonNull(below));
  }

  private static INDArray onesBelowDiagonal(int features) {
    float[] ones = new float[features * features];
    for (int i = 0; i < features; i++) {
      Arrays.fill(ones, i * features, i * features + i, 1);
    }
    return Detached.of(ones, 1, features, features);
  }

  /** Whether it is one for classes. */
  boolean forClasses() {
    return classes;
  }

  /** K, or D. */
  int outputs() {
    return outputs;
  }

  /** Variance of the noise of each output as it is now, [K]. */
  public INDArray noiseVariance() {
    return Detached.copy(noise().value());
  }

  private Var noise() {
    return Ops.exp(Ops.scale(logNoise.var(), 2));
  }

  /**
   * The loss that trains it.
   *
   * @param examples number of training examples: the divergence counts once for all
   * @return for targets [N, D], or class numbers [N]
   * @throws IllegalArgumentException if examples is not finite and above zero
   */
  public Loss loss(double examples) {
    Require.positive(examples, "examples");
    return new VbllLoss(this, examples);
  }

  /** KL(posterior || prior) of the weights less the logarithm of the noise's prior, in nats. */
  Var penalty() {
    Var diagonal = Ops.sum(Ops.exp(Ops.scale(logScale.var(), 2)));
    Var squares =
        factor == null ? diagonal : Ops.add(diagonal, Ops.sum(Ops.square(belowDiagonal())));
    double count = (double) outputs * features;
    double variance = belief.weightVariance;
    Var size = Ops.scale(Ops.add(Ops.sum(Ops.square(mean.var())), squares), 0.5 / variance);
    Var kl =
        Ops.sub(Ops.shift(size, 0.5 * count * (Math.log(variance) - 1)), Ops.sum(logScale.var()));
    double degrees = (belief.degrees + outputs + 1) / 2;
    Var precisions = Ops.sum(Ops.exp(Ops.scale(logNoise.var(), -2)));
    Var prior =
        Ops.sub(
            Ops.scale(Ops.sum(logNoise.var()), -2 * degrees),
            Ops.scale(precisions, 0.5 * belief.noiseScale));
    return Ops.sub(kl, prior);
  }

  /** Negative bound on the log-likelihood of each example, [N], without the divergence. */
  Var misfit(Var output, INDArray targets) {
    Var centre = Ops.slice(output, 1, 0, outputs);
    Var variance = Ops.slice(output, 1, outputs, 2L * outputs);
    return classes
        ? ofClasses(centre, Ops.add(variance, noise()), targets)
        : ofNumbers(centre, variance, targets);
  }

  private Var ofNumbers(Var centre, Var variance, INDArray targets) {
    Var error = Ops.square(Ops.sub(centre, Var.constant(targets)));
    Var scaled = Ops.div(Ops.add(error, variance), noise());
    Var each = Ops.add(Ops.scale(scaled, 0.5), logNoise.var());
    return Ops.shift(sumOfRows(each), 0.5 * outputs * Math.log(2 * Math.PI));
  }

  private Var ofClasses(Var centre, Var variance, INDArray targets) {
    Var raised = Ops.add(centre, Ops.scale(variance, 0.5));
    Var greatest = Var.constant(VbllLoss.greatest(raised.value()));
    Var sum = sumOfRows(Ops.exp(Ops.sub(raised, greatest)));
    Var total = Ops.add(Ops.log(sum), Ops.reshape(greatest, centre.size(0)));
    Var own = Ops.mul(centre, Var.constant(VbllLoss.oneHot(targets, outputs)));
    return Ops.sub(total, sumOfRows(own));
  }

  private static Var sumOfRows(Var x) {
    return Ops.reshape(Ops.sum(x, 1), x.size(0));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "VbllHead(%d, %d, %s, %s)",
        features,
        outputs,
        classes ? "classes" : "numbers",
        factor == null ? Covariance.DIAGONAL : Covariance.DENSE);
  }
}
