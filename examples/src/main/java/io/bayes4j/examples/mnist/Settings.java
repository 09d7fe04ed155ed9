package io.bayes4j.examples.mnist;

import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import java.util.Locale;

/**
 * Which network is trained, and how.
 *
 * @param architecture shape of the network
 * @param flavour how its weights are drawn
 * @param recipe numbers of the training
 * @param seed of all that is random
 */
record Settings(Architecture architecture, Flavour flavour, Recipe recipe, long seed) {
  /** How weights are drawn. */
  enum Flavour {
    /** One draw for each batch. */
    REPARAMETERIZATION,
    /** A draw for each digit. */
    FLIPOUT,
    /** In training, a draw of every unit's input instead of the weights. */
    LOCAL_REPARAMETERIZATION,
    /** No draws: a plain network, for comparison. */
    DETERMINISTIC;

    String words() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** An untrained network. */
  Sequential model() {
    Init init = Init.seeded(seed);
    if (flavour == Flavour.DETERMINISTIC) {
      return architecture.build(LayerFactory.deterministic(init));
    }
    VariationalSpec spec =
        VariationalSpec.defaults()
            .withPrior(GaussianPrior.of(0, recipe.priorSigma()))
            .withInitialSigma(recipe.initialSigma());
    Estimator estimator = Estimator.valueOf(flavour.name());
    return architecture.build(LayerFactory.variational(estimator, spec, init));
  }

  /** The prior in words. */
  String prior() {
    return flavour == Flavour.DETERMINISTIC
        ? "none"
        : String.format(Locale.US, "N(0, %s²) for every weight", trimmed(recipe.priorSigma()));
  }

  private static String trimmed(double value) {
    return value == Math.rint(value) ? Long.toString(Math.round(value)) : Double.toString(value);
  }
}
