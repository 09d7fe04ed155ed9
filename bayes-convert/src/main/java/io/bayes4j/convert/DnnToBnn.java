package io.bayes4j.convert;

import io.bayes4j.convert.ConversionReport.Entry;
import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.layers.variational.VariationalLayer;
import io.bayes4j.layers.variational.VariationalLayers;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns a plain network into a Bayesian one in one line:
 *
 * <pre>{@code
 * Layer bayesian = DnnToBnn.convert(model, ConversionOptions.flipout()).model();
 * }</pre>
 *
 * <p>Every dense and convolutional layer is replaced by its Bayesian counterpart, whose means are
 * the layer's weights: at the posterior mean the network computes what it did before. Names,
 * options, ties and frozen weights are kept. What is Bayesian already stays, so that converting
 * twice changes nothing.
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
    List<Entry> entries = new ArrayList<>();
    IdentityHashMap<Layer, Layer> replacements = new IdentityHashMap<>();
    for (Located place : Layers.of(model)) {
      plan(place, options, replacements, entries);
    }
    List<Runnable> refills = new ArrayList<>();
    for (Located place : Layers.of(model)) {
      for (Slot<?> slot : place.layer().slots()) {
        Layer replacement = replacements.get(slot.layer());
        if (replacement != null) {
          refills.add(() -> slot.replace(replacement));
        }
      }
    }
    refills.forEach(Runnable::run);
    Layer root = replacements.getOrDefault(model, model);
    return new Conversion(root, new ConversionReport(entries));
  }

  private static void plan(
      Located place,
      ConversionOptions options,
      IdentityHashMap<Layer, Layer> replacements,
      List<Entry> entries) {
    Layer layer = place.layer();
    String name = layer.toString();
    if (layer instanceof VariationalLayer) {
      entries.add(new Entry(place.path(), name, Outcome.KEPT, "is Bayesian already"));
    } else if (layer.parameters().isEmpty()) {
      return;
    } else if (!options.wants(place)) {
      entries.add(new Entry(place.path(), name, Outcome.KEPT, "is left out by the options"));
    } else if (layer instanceof Affine affine) {
      VariationalAffine bayesian = convert(place, affine, options);
      replacements.put(layer, bayesian);
      String now = bayesian.getClass().getSimpleName();
      entries.add(new Entry(place.path(), name, Outcome.CONVERTED, "is a " + now + " now"));
    } else if (layer instanceof BatchNorm) {
      entries.add(new Entry(place.path(), name, Outcome.KEPT, "normalisation stays deterministic"));
    } else {
      entries.add(new Entry(place.path(), name, Outcome.REFUSED, "has no Bayesian counterpart"));
    }
  }

  private static VariationalAffine convert(Located place, Affine layer, ConversionOptions options) {
    try {
      Parameter bias = layer.parameters().get("bias");
      return VariationalLayers.of(
          layer.op(),
          options.estimator(),
          distribution(layer.parameters().get("weight"), options),
          bias == null ? null : distribution(bias, options));
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
