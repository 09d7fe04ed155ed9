package io.bayes4j.quant;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.quant.Quantization.Outcome;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Turns the dense layers of a trained network into layers that compute in 8-bit integers:
 *
 * <pre>{@code Layer fast = Quantizer.quantize(model).model();}</pre>
 *
 * <p>Other layers stay as they are, and the report says so of each.
 */
public final class Quantizer {
  private Quantizer() {}

  /**
   * Quantizes all dense layers, plain and Bayesian: the slots of the model's blocks are refilled, a
   * bare layer is replaced. Weights are copied. A layer that is used in several places stays one.
   *
   * @throws IllegalArgumentException naming the layer's path, if its weights are not finite;
   *     nothing is changed then
   */
  public static Quantization quantize(Layer model) {
    Require.nonNull(model, "model");
    IdentityHashMap<Layer, List<Slot<?>>> holders = Layers.holders(model);
    IdentityHashMap<Layer, Layer> replacements = new IdentityHashMap<>();
    List<LayerChange<Outcome>> entries = new ArrayList<>();
    for (Located place : Layers.of(model)) {
      if (!place.layer().parameters().isEmpty()) {
        entries.add(plan(place, holders.get(place.layer()), replacements));
      }
    }
    return new Quantization(Layers.replace(model, replacements), entries);
  }

  private static LayerChange<Outcome> plan(
      Located place, List<Slot<?>> holders, IdentityHashMap<Layer, Layer> replacements) {
    AffineOp op = opOf(place.layer());
    if (!(op instanceof AffineOp.Dense)) {
      return LayerChange.of(place, Outcome.REFUSED, "only dense layers have an 8-bit form");
    }
    if (op.inputs() > Int8Product.MOST_TERMS) {
      return LayerChange.of(
          place,
          Outcome.REFUSED,
          "a sum over "
              + op.inputs()
              + " inputs might not fit in 32 bits, only "
              + Int8Product.MOST_TERMS
              + " are sure to");
    }
    Int8Linear int8 = quantize(place);
    if (!holders.stream().allMatch(slot -> slot.accepts(int8))) {
      return LayerChange.of(place, Outcome.REFUSED, "its slot does not accept an Int8Linear");
    }
    replacements.put(place.layer(), int8);
    return LayerChange.of(place, Outcome.QUANTIZED, "is an Int8Linear now");
  }

  /** The operation of a layer that is affine in its weights, else null. */
  private static AffineOp opOf(Layer layer) {
    if (layer instanceof Affine affine) {
      return affine.op();
    }
    return layer instanceof VariationalAffine affine ? affine.op() : null;
  }

  private static Int8Linear quantize(Located place) {
    try {
      return place.layer() instanceof VariationalAffine bayesian
          ? Int8Linear.of(bayesian, QuantizedPosterior.COVERED_SIGMAS)
          : Int8Linear.of((Affine) place.layer());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "layer \"" + place.path() + "\" cannot be quantized: " + e.getMessage(), e);
    }
  }
}
