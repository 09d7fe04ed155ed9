package io.bayes4j.quant;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.train.Dataset;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns the layers of a trained network into layers that compute in 8-bit integers, with the spread
 * of their weights kept:
 *
 * <pre>{@code
 * Quantization int8 = Quantizer.calibrate(model, data).quantize(() -> Zoo.mnistCnn(factory));
 * }</pre>
 *
 * <p>Layers without an 8-bit form stay float, and the report says so of each.
 */
public final class Quantizer {
  private Quantizer() {}

  /**
   * Names a network and data like those that it will see.
   *
   * @param data a few hundred examples; targets are not looked at
   * @throws IllegalArgumentException if there are none
   */
  public static Calibration calibrate(Layer model, Dataset data) {
    return new Calibration(model, data);
  }

  /**
   * The same with inputs alone.
   *
   * @param inputs [N, ...], all finite
   * @throws IllegalArgumentException if they are empty or not finite
   */
  public static Calibration calibrate(Layer model, INDArray inputs) {
    Require.nonNull(model, "model");
    Require.open(inputs, "inputs");
    Require.argument(
        !inputs.isEmpty(), "inputs must not be empty: there is nothing to calibrate on");
    return new Calibration(model, Dataset.of(inputs, Detached.zeros(inputs.size(0), 1)));
  }

  /**
   * Quantizes a network itself without calibration: each row or example is rounded with a scale of
   * its own, which takes longer. Batch normalisation stays float.
   *
   * @throws IllegalArgumentException as {@link Calibration#quantizeInPlace}
   */
  public static Quantization quantizeInPlace(Layer model, QuantizationOptions options) {
    Require.nonNull(model, "model");
    Require.nonNull(options, "options");
    return new QuantizationRun(model, options, null).run();
  }
}
