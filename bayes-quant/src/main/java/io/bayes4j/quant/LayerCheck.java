package io.bayes4j.quant;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import java.util.Optional;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares a quantized layer with the float layer on some of the inputs of the calibration. */
final class LayerCheck {
  private static final int DRAWS = 16;

  private final Layers.Located place;
  private final Optional<BatchNorm> norm;
  private final INDArray inputs;
  private final Noise noise;

  /**
   * A comparison of a layer.
   *
   * @param norm what follows the float layer and is part of the quantized one
   */
  LayerCheck(Layers.Located place, Optional<BatchNorm> norm, INDArray inputs, long seed) {
    this.place = place;
    this.norm = norm;
    this.inputs = inputs;
    this.noise = Noise.seeded(seed).split("check");
  }

  private float[] outputs(Layer layer, boolean original, Pass pass) {
    try (Arena arena = new Arena()) {
      return CalibrationRun.inScope(
          arena,
          () -> {
            Pass here = place.path().isEmpty() ? pass : pass.at(place.path());
            Var y = here.run(layer, Var.constant(inputs));
            Var z = original && norm.isPresent() ? here.run(norm.get(), y) : y;
            return FloatMemory.numbers(z.value(), "output");
          });
    }
  }

  /** The mean over all examples and positions of what the quantized layer lacks, for each unit. */
  float[] lack(Layer quantized, AffineOp op) {
    float[] expected = outputs(place.layer(), true, Pass.mean());
    float[] actual = outputs(quantized, false, Pass.mean());
    int units = Math.toIntExact(op.units());
    int examples = Math.toIntExact(inputs.size(0));
    int positions = op instanceof AffineOp.Dense ? 1 : expected.length / examples / units;
    double[] sums = new double[units];
    for (int i = 0; i < expected.length; i++) {
      sums[i / positions % units] += expected[i] - actual[i];
    }
    float[] means = new float[units];
    for (int unit = 0; unit < units; unit++) {
      means[unit] = (float) (sums[unit] * units / expected.length);
    }
    return means;
  }

  /** What the float layer returns at the means against the difference, in decibels. */
  OptionalDouble signalToNoise(Layer quantized) {
    float[] expected = outputs(place.layer(), true, Pass.mean());
    float[] actual = outputs(quantized, false, Pass.mean());
    double signal = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      signal += (double) expected[i] * expected[i];
      error += Math.pow((double) expected[i] - actual[i], 2);
    }
    return signal == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(10 * Math.log10(signal / Math.max(error, Double.MIN_NORMAL)));
  }

  /** Standard deviation over draws, of the quantized layer divided by that of the float layer. */
  OptionalDouble spreadRatio(Layer quantized) {
    double expected = variance(place.layer(), true);
    double actual = variance(quantized, false);
    return expected > 0 ? OptionalDouble.of(Math.sqrt(actual / expected)) : OptionalDouble.empty();
  }

  /** The mean over all outputs of their variance over draws. */
  private double variance(Layer layer, boolean original) {
    double[] sum = {};
    double[] squares = {};
    for (int draw = 0; draw < DRAWS; draw++) {
      float[] y = outputs(layer, original, Pass.sample(noise.split(draw)));
      sum = draw == 0 ? new double[y.length] : sum;
      squares = draw == 0 ? new double[y.length] : squares;
      for (int i = 0; i < y.length; i++) {
        sum[i] += y[i];
        squares[i] += (double) y[i] * y[i];
      }
    }
    double variance = 0;
    for (int i = 0; i < sum.length; i++) {
      variance += Math.max(0, squares[i] - sum[i] * sum[i] / DRAWS);
    }
    return variance / (DRAWS - 1) / sum.length;
  }
}
