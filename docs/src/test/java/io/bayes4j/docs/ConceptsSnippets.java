package io.bayes4j.docs;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.variational.Kl;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What docs/concepts.md shows; each region is a block of code there. */
final class ConceptsSnippets {
  private ConceptsSnippets() {}

  static double divergence(INDArray mu) {
    // region weight
    GaussianPosterior posterior = GaussianPosterior.ofSigma(mu, mu.ulike().assign(0.05));
    INDArray draw = posterior.sample(Noise.seeded(1)).value(); // mu + softplus(rho) * eps

    VariationalParameter weights = new VariationalParameter(posterior, GaussianPrior.of(0, 1));
    double nats = weights.kl(Noise.seeded(1)).item();
    // endregion
    return draw.equals(mu) ? Double.NaN : nats;
  }

  static double modelDivergence(Layer model) {
    // region kl
    double nats = Kl.value(model);
    // endregion
    return nats;
  }

  /** What the entropies of two predictions say. */
  record Entropies(INDArray total, INDArray aleatoric, INDArray epistemic) {}

  static Entropies entropies(Layer model, INDArray x) {
    // region entropies
    Prediction prediction = MonteCarlo.of(model).samples(100).classify(x);
    INDArray total = prediction.predictiveEntropy();
    INDArray aleatoric = prediction.expectedEntropy();
    INDArray epistemic = prediction.mutualInformation(); // total - aleatoric
    // endregion
    return new Entropies(total, aleatoric, epistemic);
  }

  static int adaptiveDraws(Layer model, INDArray x) {
    // region adaptive
    Prediction exact = MonteCarlo.of(model).adaptive(0.02).classify(x); // probabilities to +- 0.02
    int used = exact.draws();
    // endregion
    return used;
  }

  static int antitheticDraws(Layer model, INDArray x) {
    // region antithetic
    Prediction paired = MonteCarlo.of(model).antithetic().adaptive(0.02).classify(x);
    // endregion
    return paired.draws();
  }

  static ClassificationScores scores(Prediction prediction, int[] labels) {
    // region scores
    ClassificationScores scores = Calibration.scores(prediction.mean(), labels);
    // endregion
    return scores;
  }
}
