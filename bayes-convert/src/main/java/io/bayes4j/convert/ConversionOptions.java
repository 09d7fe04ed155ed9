package io.bayes4j.convert;

import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * How a network is made Bayesian: immutable, each method returns a changed copy.
 *
 * <pre>{@code ConversionOptions.flipout().withMoped(Moped.of(0.1)).excluding("fc.*")}</pre>
 */
public final class ConversionOptions {
  private final Estimator estimator;
  private final VariationalSpec spec;
  private final Moped moped;
  private final Predicate<Located> filter;

  private ConversionOptions(
      Estimator estimator, VariationalSpec spec, Moped moped, Predicate<Located> filter) {
    this.estimator = estimator;
    this.spec = spec;
    this.moped = moped;
    this.filter = filter;
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
    return new ConversionOptions(estimator, VariationalSpec.defaults(), null, place -> true);
  }

  /** With another prior and initial spread; the means are the network's weights. */
  public ConversionOptions withSpec(VariationalSpec other) {
    return new ConversionOptions(estimator, other, moped, filter);
  }

  /** With spreads, and if it says so priors, that follow the size of the trained weights. */
  public ConversionOptions withMoped(Moped method) {
    return new ConversionOptions(estimator, spec, method, filter);
  }

  /**
   * Only layers whose path matches a regular expression, as {@code layer1\..*} does all below
   * layer1.
   */
  public ConversionOptions including(String pathPattern) {
    Pattern pattern = Pattern.compile(pathPattern);
    return only(place -> pattern.matcher(place.path()).matches());
  }

  /** No layers whose path matches a regular expression. */
  public ConversionOptions excluding(String pathPattern) {
    Pattern pattern = Pattern.compile(pathPattern);
    return only(place -> !pattern.matcher(place.path()).matches());
  }

  /** Only layers of a type. */
  public ConversionOptions including(Class<? extends Layer> type) {
    return only(place -> type.isInstance(place.layer()));
  }

  /** No layers of a type. */
  public ConversionOptions excluding(Class<? extends Layer> type) {
    return only(place -> !type.isInstance(place.layer()));
  }

  private ConversionOptions only(Predicate<Located> more) {
    return new ConversionOptions(estimator, spec, moped, filter.and(more));
  }

  Estimator estimator() {
    return estimator;
  }

  VariationalSpec spec() {
    return spec;
  }

  /** Null unless MOPED is wanted. */
  Moped moped() {
    return moped;
  }

  boolean wants(Located place) {
    return filter.test(place);
  }
}
