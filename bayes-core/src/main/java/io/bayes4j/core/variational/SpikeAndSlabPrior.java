package io.bayes4j.core.variational;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Spike and slab: a weight is needed with some probability, and is then N(0, slabSigma^2), or else
 * is as good as zero, which a Laplace distribution with a peak at zero says: slab N(0, slabSigma^2)
 * + (1 - slab) Laplace(0, spikeScale). A point mass instead of the peak (Mitchell and Beauchamp
 * 1988) has an infinite divergence from a Gaussian posterior; a Gaussian instead of it is {@link
 * ScaleMixturePrior}, which does not pull small weights to zero as the peak does (Rockova and
 * George 2018, "The Spike-and-Slab LASSO").
 *
 * <p>The peak is rounded within a thousandth of its scale, so that it has a gradient everywhere.
 */
public final class SpikeAndSlabPrior extends DensityPrior {
  /** |w| is the root of w^2 + (this times the scale)^2. */
  private static final double ROUNDING = 1e-3;

  private static final double LOG_ROOT_OF_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  private final double slab;
  private final double slabSigma;
  private final double spikeScale;

  private SpikeAndSlabPrior(double slab, double slabSigma, double spikeScale) {
    Require.argument(slab > 0 && slab < 1, "slab must be in (0, 1), got %s", slab);
    this.slab = slab;
    this.slabSigma = Require.positiveAsFloat(slabSigma, "slabSigma");
    this.spikeScale = Require.positiveAsFloat(spikeScale, "spikeScale");
    Require.argument(
        spikeScale < slabSigma,
        "spikeScale must be below slabSigma (=%s), got %s",
        slabSigma,
        spikeScale);
  }

  /**
   * A prior.
   *
   * @param slab probability that a weight is needed, in (0, 1)
   * @param slabSigma standard deviation of those that are
   * @param spikeScale mean size of those that are not
   * @throws IllegalArgumentException if slab is not in (0, 1), or not 0 &lt; spikeScale &lt;
   *     slabSigma
   */
  public static SpikeAndSlabPrior of(double slab, double slabSigma, double spikeScale) {
    return new SpikeAndSlabPrior(slab, slabSigma, spikeScale);
  }

  /** The variance of a weight: slab slabSigma^2 + (1 - slab) 2 spikeScale^2. */
  public double variance() {
    return slab * slabSigma * slabSigma + (1 - slab) * 2 * spikeScale * spikeScale;
  }

  /**
   * The probability that a weight of this value is from the slab.
   *
   * @throws IllegalArgumentException if it is not finite
   */
  public double slabProbability(double weight) {
    Require.argument(Double.isFinite(weight), "weight must be finite, got %s", weight);
    return slabShare(weight);
  }

  private double slabShare(double weight) {
    return 1 / (1 + Math.exp(logSpike(weight) - logSlab(weight)));
  }

  private double logSlab(double w) {
    double z = w / slabSigma;
    return Math.log(slab) - Math.log(slabSigma) - LOG_ROOT_OF_TWO_PI - 0.5 * z * z;
  }

  private double logSpike(double w) {
    return Math.log(1 - slab) - Math.log(2 * spikeScale) - size(w) / spikeScale;
  }

  private double size(double w) {
    double rounding = ROUNDING * spikeScale;
    return Math.sqrt(w * w + rounding * rounding);
  }

  @Override
  protected Var logDensity(Var weights) {
    Require.open(weights, "weights");
    INDArray value =
        Elementwise.map(
            weights.value(),
            (w, out, n) -> {
              for (int i = 0; i < n; i++) {
                double a = logSlab(w[i]);
                double b = logSpike(w[i]);
                out[i] = (float) (Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))));
              }
            });
    return Var.result(
        value,
        List.of(weights),
        (g, sink) -> sink.add(weights, () -> Elementwise.map(g, weights.value(), this::gradient)));
  }

  private void gradient(float[] g, float[] w, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      double p = slabShare(w[i]);
      double ofSlab = -w[i] / (slabSigma * slabSigma);
      double ofSpike = -w[i] / (size(w[i]) * spikeScale);
      out[i] = (float) (g[i] * (p * ofSlab + (1 - p) * ofSpike));
    }
  }

  @Override
  public String kind() {
    return "spike-and-slab";
  }

  @Override
  public Map<String, INDArray> numbers() {
    return Map.of(
        "slab",
        PriorNumbers.array(slab),
        "slab_sigma",
        PriorNumbers.array(slabSigma),
        "spike_scale",
        PriorNumbers.array(spikeScale));
  }

  @Override
  public SpikeAndSlabPrior withNumbers(Map<String, INDArray> numbers) {
    Require.entries(numbers, "numbers");
    Require.argument(
        numbers.keySet().equals(numbers().keySet()),
        "numbers must be slab, slab_sigma and spike_scale, got %s",
        numbers.keySet());
    return of(
        PriorNumbers.get("slab", numbers),
        PriorNumbers.get("slab_sigma", numbers),
        PriorNumbers.get("spike_scale", numbers));
  }

  @Override
  public String toString() {
    return "SpikeAndSlabPrior(" + slab + ", " + slabSigma + ", " + spikeScale + ")";
  }
}
