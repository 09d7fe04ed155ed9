package io.bayes4j.convert;

import io.bayes4j.convert.ConversionReport.Entry;
import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.Normalization;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.VariationalLayer;
import io.bayes4j.layers.variational.VariationalLayers;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns a plain network into a Bayesian one in one line:
 *
 * <pre>{@code
 * Layer bayesian = DnnToBnn.convert(model, ConversionOptions.flipout()).model();
 * }</pre>
 *
 * <p>Every dense, convolutional and recurrent layer is replaced by its Bayesian counterpart, whose
 * means are the layer's weights: at the posterior mean the network computes what it did before.
 * Names, options, ties and frozen weights are kept. What is Bayesian already stays, so that
 * converting twice changes nothing.
 */
public final class DnnToBnn {
  private DnnToBnn() {}

  /**
   * Converts a network: the slots of its blocks are refilled, a bare layer is replaced.
   *
   * @throws IllegalArgumentException if an option does not fit a layer, naming the layer's path;
   *     nothing is changed then
   */
  public static Conversion convert(Layer model, ConversionOptions options) {
    List<Located> places = Layers.of(model);
    IdentityHashMap<Layer, List<Slot<?>>> slots = slots(places);
    IdentityHashMap<Layer, Layer> replacements = new IdentityHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Located place : places) {
      if (!place.layer().parameters().isEmpty()) {
        List<Slot<?>> holders = slots.getOrDefault(place.layer(), List.of());
        entries.add(plan(place, holders, options, replacements));
      }
    }
    replacements.forEach(
        (layer, bayesian) ->
            slots.getOrDefault(layer, List.of()).forEach(slot -> slot.replace(bayesian)));
    Layer root = replacements.getOrDefault(model, model);
    return new Conversion(root, new ConversionReport(entries));
  }

  /** The slots that hold each layer: several for a tied one. */
  static IdentityHashMap<Layer, List<Slot<?>>> slots(List<Located> places) {
    IdentityHashMap<Layer, List<Slot<?>>> slots = new IdentityHashMap<>();
    for (Located place : places) {
      for (Slot<?> slot : place.layer().slots()) {
        slots.computeIfAbsent(slot.layer(), layer -> new ArrayList<>()).add(slot);
      }
    }
    return slots;
  }

  private static Entry plan(
      Located place,
      List<Slot<?>> holders,
      ConversionOptions options,
      IdentityHashMap<Layer, Layer> replacements) {
    Layer layer = place.layer();
    if (layer instanceof VariationalLayer) {
      return entry(place, Outcome.KEPT, "is Bayesian already");
    }
    if (!options.wants(place)) {
      return entry(place, Outcome.KEPT, "is left out by the options");
    }
    if (layer instanceof Normalization) {
      return entry(place, Outcome.KEPT, "normalisation stays deterministic");
    }
    Optional<VariationalLayer> counterpart = counterpart(place, options);
    if (counterpart.isEmpty()) {
      return entry(place, Outcome.REFUSED, "has no Bayesian counterpart");
    }
    Layer bayesian = counterpart.get();
    String now = bayesian.getClass().getSimpleName();
    if (!holders.stream().allMatch(slot -> slot.accepts(bayesian))) {
      return entry(place, Outcome.REFUSED, "its slot does not accept a " + now);
    }
    replacements.put(layer, bayesian);
    return entry(place, Outcome.CONVERTED, "is a " + now + " now");
  }

  private static Entry entry(Located place, Outcome outcome, String detail) {
    return new Entry(place.path(), place.layer().toString(), outcome, detail);
  }

  private static Optional<VariationalLayer> counterpart(Located place, ConversionOptions options) {
    try {
      return VariationalLayers.counterpart(
          place.layer(), options.estimator(), weights -> distribution(weights, options));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "layer \"" + place.path() + "\" cannot be converted: " + e.getMessage(), e);
    }
  }

  private static VariationalParameter distribution(Parameter weights, ConversionOptions options) {
    VariationalParameter result =
        options.moped() == null
            ? spread(weights.value(), options)
            : options.moped().apply(weights.value(), options.spec().prior());
    GaussianPosterior q = result.posterior();
    q.mu().setTrainable(weights.trainable());
    q.rho().setTrainable(weights.trainable());
    return result;
  }

  private static VariationalParameter spread(INDArray weights, ConversionOptions options) {
    INDArray sigma = weights.ulike().assign(options.spec().initialSigma());
    return new VariationalParameter(
        GaussianPosterior.ofSigma(weights, sigma), options.spec().prior());
  }
}
