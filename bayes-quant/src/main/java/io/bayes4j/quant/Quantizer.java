package io.bayes4j.quant;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.train.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
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

  /**
   * Writes a quantized network to a safetensors file, under a temporary name first: weights and the
   * codes of their spreads a byte each, and priors if the options of its quantization kept them.
   *
   * @throws IllegalArgumentException if no layer of the network is quantized
   * @throws IOException if the file cannot be written; an older one is then left as it was
   */
  public static void save(Layer model, Path file) throws IOException {
    Require.nonNull(model, "model");
    Require.nonNull(file, "file");
    QuantizedFiles.save(model, file);
  }

  /**
   * Gives the weights of a float network the priors that a quantized one kept, such as to train it
   * on; its other numbers stay as they are.
   *
   * @param model of the architecture that was quantized, with priors of the same types if these are
   *     not the library's own
   * @throws IllegalArgumentException naming what does not fit, if the file keeps no priors, or
   *     those of another architecture; nothing is changed then
   * @throws IOException if the file cannot be read or is malformed
   */
  public static void loadPriors(Layer model, Path file) throws IOException {
    Require.nonNull(model, "model");
    Require.nonNull(file, "file");
    QuantizedFiles.loadPriors(model, file);
  }

  /**
   * Reads a quantized network; nothing of the float network's weights is needed.
   *
   * @param architecture makes a float network of the architecture that was quantized, plain or
   *     Bayesian; its weights are not looked at
   * @throws IllegalArgumentException naming what does not fit, if the file holds another
   *     architecture, or a float network
   * @throws IOException if the file cannot be read or is malformed
   */
  public static Layer load(Supplier<? extends Layer> architecture, Path file) throws IOException {
    Require.nonNull(architecture, "architecture");
    Require.nonNull(file, "file");
    return QuantizedFiles.load(Require.nonNull(architecture.get(), "architecture.get()"), file);
  }
}
