package io.bayes4j.quant;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.convert.LayerFilter;
import io.bayes4j.core.internal.Require;

/**
 * How a network is quantized, and which of its layers: immutable, each method returns a changed
 * copy.
 *
 * <pre>{@code
 * QuantizationOptions.defaults()
 *     .withRange(ActivationRange.percentile())
 *     .withLayers(LayerFilter.all().excluding("fc"))
 * }</pre>
 */
@CheckReturnValue
public final class QuantizationOptions {
  private static final int MOST_SIGMAS = 16;
  private static final int LEAST_SIGMAS = 3;

  private LayerFilter layers = LayerFilter.all();
  private ActivationRange range = ActivationRange.minMax();
  private int draws = 4;
  private int batches = 8;
  private int batchSize = 64;
  private boolean perUnit = true;
  private boolean foldsNorms = true;
  private boolean correctsBiases = true;
  private boolean keepsPriors;
  private double coveredSigmas = QuantizedWeights.COVERED_SIGMAS;
  private long seed;

  private QuantizationOptions() {}

  private QuantizationOptions(QuantizationOptions other) {
    this.layers = other.layers;
    this.range = other.range;
    this.draws = other.draws;
    this.batches = other.batches;
    this.batchSize = other.batchSize;
    this.perUnit = other.perUnit;
    this.foldsNorms = other.foldsNorms;
    this.correctsBiases = other.correctsBiases;
    this.keepsPriors = other.keepsPriors;
    this.coveredSigmas = other.coveredSigmas;
    this.seed = other.seed;
  }

  /**
   * All layers that have an 8-bit form; the range of an activation from its least to its greatest,
   * over 4 draws on 8 batches of 64; a step for each unit's weights, which covers 4 sigmas; batch
   * normalisation folded; biases corrected; priors dropped.
   */
  public static QuantizationOptions defaults() {
    return new QuantizationOptions();
  }

  /** Other layers: the rest stays float. */
  public QuantizationOptions withLayers(LayerFilter filter) {
    QuantizationOptions changed = new QuantizationOptions(this);
    changed.layers = Require.nonNull(filter, "filter");
    return changed;
  }

  /** Another way to find the ranges of activations. */
  public QuantizationOptions withRange(ActivationRange method) {
    QuantizationOptions changed = new QuantizationOptions(this);
    changed.range = Require.nonNull(method, "method");
    return changed;
  }

  /**
   * Other numbers of draws and batches for calibration.
   *
   * @param drawCount how often the weights are drawn
   * @param batchCount how many batches each draw sees, or all that there are if these are fewer
   * @param examples size of a batch
   * @throws IllegalArgumentException if one is not above zero
   */
  public QuantizationOptions withCalibration(int drawCount, int batchCount, int examples) {
    Require.positive(drawCount, "drawCount");
    Require.positive(batchCount, "batchCount");
    Require.positive(examples, "examples");
    QuantizationOptions changed = new QuantizationOptions(this);
    changed.draws = drawCount;
    changed.batches = batchCount;
    changed.batchSize = examples;
    return changed;
  }

  /** One step for all weights of a layer, rather than one for those of each unit. */
  public QuantizationOptions withOneStepPerLayer() {
    QuantizationOptions changed = new QuantizationOptions(this);
    changed.perUnit = false;
    return changed;
  }

  /**
   * Another reach of the steps.
   *
   * @param sigmas how far from its mean a draw can be, in standard deviations, in [3, 16]; less
   *     would cut draws off, more makes the steps coarse
   * @throws IllegalArgumentException if it is out of range
   */
  public QuantizationOptions withCoveredSigmas(double sigmas) {
    Require.argument(
        sigmas >= LEAST_SIGMAS && sigmas <= MOST_SIGMAS,
        "sigmas must be in [%d, %d], got %s",
        LEAST_SIGMAS,
        MOST_SIGMAS,
        sigmas);
    QuantizationOptions changed = new QuantizationOptions(this);
    changed.coveredSigmas = sigmas;
    return changed;
  }

  /** Batch normalisation stays float, also where it follows an affine layer. */
  public QuantizationOptions withoutFolding() {
    QuantizationOptions changed = new QuantizationOptions(this);
    changed.foldsNorms = false;
    return changed;
  }

  /** Biases stay what they are, though rounding shifts the mean of what a unit returns. */
  public QuantizationOptions withoutBiasCorrection() {
    QuantizationOptions changed = new QuantizationOptions(this);
    changed.correctsBiases = false;
    return changed;
  }

  /**
   * The network keeps the priors of the float network's weights, and so do its files, from which
   * {@link Quantizer#loadPriors} reads them: a few bytes for each array of weights, unless every
   * weight has a prior of its own. They are those of the weights before a normalisation was folded
   * in.
   */
  public QuantizationOptions withPriors() {
    QuantizationOptions changed = new QuantizationOptions(this);
    changed.keepsPriors = true;
    return changed;
  }

  /** Other draws for calibration. */
  public QuantizationOptions withSeed(long number) {
    QuantizationOptions changed = new QuantizationOptions(this);
    changed.seed = number;
    return changed;
  }

  LayerFilter layers() {
    return layers;
  }

  ActivationRange range() {
    return range;
  }

  int draws() {
    return draws;
  }

  int batches() {
    return batches;
  }

  int batchSize() {
    return batchSize;
  }

  boolean perUnit() {
    return perUnit;
  }

  boolean foldsNorms() {
    return foldsNorms;
  }

  boolean correctsBiases() {
    return correctsBiases;
  }

  boolean keepsPriors() {
    return keepsPriors;
  }

  double coveredSigmas() {
    return coveredSigmas;
  }

  long seed() {
    return seed;
  }
}
