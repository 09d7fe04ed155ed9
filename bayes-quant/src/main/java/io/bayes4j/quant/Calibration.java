package io.bayes4j.quant;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.train.Dataset;
import java.util.function.Supplier;

/** A float network, and the data on which the ranges of its activations are found. */
public final class Calibration {
  private final Layer model;
  private final Dataset data;

  Calibration(Layer model, Dataset data) {
    this.model = Require.nonNull(model, "model");
    this.data = Require.nonNull(data, "data");
    Require.argument(data.size() > 0, "data must not be empty: there is nothing to calibrate on");
  }

  /** {@link #quantize(Supplier, QuantizationOptions)} with the usual options. */
  public Quantization quantize(Supplier<? extends Layer> architecture) {
    return quantize(architecture, QuantizationOptions.defaults());
  }

  /**
   * Quantizes a copy of the network, which itself stays as it is.
   *
   * @param architecture makes a float network of the same architecture; its weights are overwritten
   * @throws IllegalArgumentException as {@link #quantizeInPlace}, and if the architecture is
   *     another
   */
  public Quantization quantize(
      Supplier<? extends Layer> architecture, QuantizationOptions options) {
    Require.nonNull(architecture, "architecture");
    Require.nonNull(options, "options");
    Require.argument(
        Layers.of(model).stream().noneMatch(place -> QuantizedLayers.is(place.layer())),
        "model must have float weights, but it is quantized already");
    Layer copy = Require.nonNull(architecture.get(), "architecture.get()");
    Require.argument(copy != model, "architecture must make another network, got the model itself");
    StateDict.load(copy, StateDict.copyOf(model));
    return new Calibration(copy, data).quantizeInPlace(options);
  }

  /**
   * Quantizes the network itself: the slots of its blocks are refilled, a bare layer is replaced. A
   * layer that is used in several places stays one.
   *
   * @throws IllegalArgumentException if there is nothing to quantize, a path of the options matches
   *     no layer, a layer never runs on the data, or weights or activations are not finite, naming
   *     the layer; nothing is changed then
   */
  public Quantization quantizeInPlace(QuantizationOptions options) {
    Require.nonNull(options, "options");
    return new QuantizationRun(model, options, data).run();
  }
}
