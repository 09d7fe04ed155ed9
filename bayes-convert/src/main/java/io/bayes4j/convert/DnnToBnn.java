package io.bayes4j.convert;

import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.Normalization;
import io.bayes4j.layers.PredictionOnly;
import io.bayes4j.layers.Rewriting;
import io.bayes4j.layers.variational.VariationalLayer;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns a plain network into a Bayesian one in one line:
 *
 * <pre>{@code
 * Layer bayesian = DnnToBnn.convert(model, ConversionOptions.flipout()).model();
 * }</pre>
 *
 * <p>Every dense, convolutional and recurrent layer and every embedding is replaced by its Bayesian
 * counterpart, whose means are the layer's weights: at the posterior mean the network computes what
 * it did before. Names, options, ties and frozen weights are kept. What is Bayesian already stays,
 * so that converting twice changes nothing.
 */
public final class DnnToBnn {
  private DnnToBnn() {}

  /**
   * Converts a network: the slots of its blocks are refilled, a bare layer is replaced.
   *
   * @throws IllegalArgumentException if an option does not fit a layer, naming the layer's path, a
   *     path of the options matches no layer, or the model is quantized; nothing is changed then
   */
  public static Conversion convert(Layer model, ConversionOptions options) {
    Require.nonNull(model, "model");
    Require.nonNull(options, "options");
    PredictionOnly.refuseIn(model, "convert");
    Rewriting rewriting = Rewriting.of(model);
    Set<Layer> wanted = Selection.of(rewriting.withWeights(), options);
    List<LayerChange<Outcome>> entries = new ArrayList<>();
    for (Located place : rewriting.withWeights()) {
      Layer layer = place.layer();
      if (layer instanceof VariationalLayer) {
        entries.add(LayerChange.of(place, Outcome.KEPT, "is Bayesian already"));
      } else if (!wanted.contains(layer)) {
        entries.add(LayerChange.of(place, Outcome.KEPT, "is left out by the options"));
      } else {
        entries.add(plan(rewriting, place, options.at(place)));
      }
    }
    return new Conversion(rewriting.finish(), new ConversionReport(entries));
  }

  private static LayerChange<Outcome> plan(
      Rewriting rewriting, Located place, LayerConversion how) {
    Layer layer = place.layer();
    if (layer instanceof Normalization) {
      return LayerChange.of(place, Outcome.KEPT, "normalisation stays deterministic");
    }
    Optional<VariationalLayer> counterpart =
        rewriting.making(
            place,
            "converted",
            () ->
                VariationalLayers.counterpart(
                    layer, how.estimator(), weights -> distribution(weights, how)));
    if (counterpart.isEmpty()) {
      return LayerChange.of(place, Outcome.REFUSED, "has no Bayesian counterpart");
    }
    Layer bayesian = counterpart.get();
    String now = bayesian.getClass().getSimpleName();
    if (!rewriting.accepts(place, bayesian)) {
      return LayerChange.of(place, Outcome.REFUSED, "its slot does not accept a " + now);
    }
    rewriting.replace(place, bayesian);
    return LayerChange.of(place, Outcome.CONVERTED, "is a " + now + " now");
  }

  private static VariationalParameter distribution(Parameter weights, LayerConversion how) {
    INDArray trained = weights.value();
    VariationalParameter result =
        how.moped()
            .map(moped -> moped.apply(trained, how.spec().prior()))
            .orElseGet(() -> spread(trained, how.spec()));
    GaussianPosterior q = result.posterior();
    q.mu().setTrainable(weights.trainable());
    q.rho().setTrainable(weights.trainable());
    return result;
  }

  private static VariationalParameter spread(INDArray weights, VariationalSpec spec) {
    INDArray sigma = Detached.fill(Detached.like(weights), spec.initialSigma());
    return new VariationalParameter(GaussianPosterior.ofSigma(weights, sigma), spec.prior());
  }
}
