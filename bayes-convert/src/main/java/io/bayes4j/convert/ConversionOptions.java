package io.bayes4j.convert;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How a network is made Bayesian, and which of its layers: immutable, each method returns a changed
 * copy.
 *
 * <pre>{@code
 * ConversionOptions.flipout()
 *     .withMoped(Moped.of(0.1))
 *     .excluding("conv1")
 *     .forLayers(Recurrent.class, layer -> layer.withEstimator(Estimator.REPARAMETERIZATION))
 *     .forLayers("fc.*", layer -> layer.withPrior(GaussianPrior.of(0, 0.1)))
 * }</pre>
 *
 * <p>Paths are regular expressions for a whole path, as {@code layer1\..*} for all below layer1; a
 * tied layer goes by its first path. A path that matches no layer with weights is an error of the
 * conversion. Types need not occur.
 */
@CheckReturnValue
public final class ConversionOptions {
  private final LayerConversion everywhere;
  private final LayerFilter filter;
  private final List<Rule> rules;
  private final boolean lastLayerOnly;

  /** Changes how the layers that a selector names are converted. */
  private record Rule(LayerSelector selector, UnaryOperator<LayerConversion> change) {}

  private ConversionOptions(
      LayerConversion everywhere, LayerFilter filter, List<Rule> rules, boolean lastLayerOnly) {
    this.everywhere = everywhere;
    this.filter = filter;
    this.rules = rules;
    this.lastLayerOnly = lastLayerOnly;
  }

  /** All layers, one draw of the weights for a whole batch, prior N(0, 1). */
  public static ConversionOptions reparameterization() {
    return of(Estimator.REPARAMETERIZATION);
  }

  /** All layers, a draw of its own for each example, prior N(0, 1). */
  public static ConversionOptions flipout() {
    return of(Estimator.FLIPOUT);
  }

  /** All layers with the given estimator, prior N(0, 1). */
  public static ConversionOptions of(Estimator estimator) {
    LayerConversion everywhere =
        new LayerConversion(estimator, VariationalSpec.defaults(), Optional.empty());
    return new ConversionOptions(everywhere, LayerFilter.all(), List.of(), false);
  }

  /** With another prior and initial spread; the means are the network's weights. */
  public ConversionOptions withSpec(VariationalSpec other) {
    return with(everywhere.withSpec(other));
  }

  /** With spreads, and if it says so priors, that follow the size of the trained weights. */
  public ConversionOptions withMoped(Moped method) {
    return with(everywhere.withMoped(method));
  }

  private ConversionOptions with(LayerConversion other) {
    return new ConversionOptions(other, filter, rules, lastLayerOnly);
  }

  /**
   * Other estimators, priors, spreads or MOPED for the layers whose path matches. A rule starts
   * from what holds everywhere and changes what the rules before it made: where two set the same
   * option of a layer, the later one wins.
   */
  public ConversionOptions forLayers(String pathPattern, UnaryOperator<LayerConversion> change) {
    return with(new Rule(LayerSelector.of(pathPattern), Require.nonNull(change, "change")));
  }

  /** The same for the layers of a type. */
  public ConversionOptions forLayers(
      Class<? extends Layer> type, UnaryOperator<LayerConversion> change) {
    return with(new Rule(LayerSelector.of(type), Require.nonNull(change, "change")));
  }

  private ConversionOptions with(Rule rule) {
    return new ConversionOptions(everywhere, filter, and(rules, rule), lastLayerOnly);
  }

  /** Only layers whose path matches; filters narrow each other. */
  public ConversionOptions including(String pathPattern) {
    return with(filter.including(pathPattern));
  }

  /** No layers whose path matches. */
  public ConversionOptions excluding(String pathPattern) {
    return with(filter.excluding(pathPattern));
  }

  /** Only layers of a type; filters narrow each other. */
  public ConversionOptions including(Class<? extends Layer> type) {
    return with(filter.including(type));
  }

  /** No layers of a type. */
  public ConversionOptions excluding(Class<? extends Layer> type) {
    return with(filter.excluding(type));
  }

  private ConversionOptions with(LayerFilter other) {
    return new ConversionOptions(everywhere, other, rules, lastLayerOnly);
  }

  /**
   * Only the last layer that can be Bayesian, of those that the filters leave: the features stay
   * deterministic. The last one in the order of the slots is meant, which blocks declare in the
   * order of their forward pass.
   */
  public ConversionOptions lastLayerOnly() {
    return new ConversionOptions(everywhere, filter, rules, true);
  }

  private static <T> List<T> and(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return List.copyOf(longer);
  }

  /** What the layer is converted to. */
  LayerConversion at(Located place) {
    LayerConversion result = everywhere;
    for (Rule rule : rules) {
      if (rule.selector.matches(place)) {
        result = rule.change.apply(result);
      }
    }
    return result;
  }

  /** Whether the filters leave a layer. */
  boolean leaves(Located place) {
    return filter.leaves(place);
  }

  boolean isLastLayerOnly() {
    return lastLayerOnly;
  }

  /** Whether the options name what to convert, so that nothing to convert must be a mistake. */
  boolean hasInclusions() {
    return filter.hasInclusions();
  }

  void requireMatches(List<Located> layers) {
    filter.requireMatches(layers);
    rules.forEach(rule -> rule.selector.requireMatch(layers));
  }
}
