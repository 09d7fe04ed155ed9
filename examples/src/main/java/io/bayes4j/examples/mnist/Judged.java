package io.bayes4j.examples.mnist;

import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.layers.predict.Prediction;
import java.util.Arrays;

/**
 * A set of images and what a reader made of them.
 *
 * @param images the set
 * @param prediction probabilities
 * @param entropy predictive entropy of each image, in nats
 * @param mutualInformation epistemic part of it, in nats
 * @param decisions answer to each image, or {@link RefusalRule#REFUSED}
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and not leaving this package.
record Judged(
    ImageSet images,
    Prediction prediction,
    double[] entropy,
    double[] mutualInformation,
    int[] decisions) {
  static Judged of(DigitReader reader, ImageSet images) {
    Prediction prediction = reader.read(images);
    return new Judged(
        images,
        prediction,
        prediction.predictiveEntropy().toDoubleVector(),
        prediction.mutualInformation().toDoubleVector(),
        prediction.decide(reader.rule()));
  }

  double meanEntropy() {
    return Arrays.stream(entropy).average().orElse(Double.NaN);
  }

  double meanMutualInformation() {
    return Arrays.stream(mutualInformation).average().orElse(Double.NaN);
  }

  double refusedShare() {
    double refused = Arrays.stream(decisions).filter(d -> d == RefusalRule.REFUSED).count();
    return refused / decisions.length;
  }
}
