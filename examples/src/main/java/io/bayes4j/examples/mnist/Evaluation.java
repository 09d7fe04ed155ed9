package io.bayes4j.examples.mnist;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.core.uncertainty.OutOfDistribution;
import io.bayes4j.core.uncertainty.RefusalReport;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.LoadedData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * How a reader does on digits it has not seen, and on what is no digit.
 *
 * @param known how it does on test digits
 * @param foreign sets of images that are no digits
 */
record Evaluation(Known known, List<Foreign> foreign) {
  private static final int NOISE_IMAGES = 1000;

  /**
   * How a reader does on test digits.
   *
   * @param digits the test digits
   * @param scores measures on them, none refused
   * @param refusal what the rule does to them
   * @param readingTime time for them
   */
  record Known(
      Judged digits, ClassificationScores scores, RefusalReport refusal, Duration readingTime) {}

  /**
   * A set of images that are no digits.
   *
   * @param judged what the reader made of them
   * @param entropyAuroc chance that such an image has a higher entropy than a test digit
   * @param mutualInformationAuroc the same by mutual information
   */
  record Foreign(Judged judged, double entropyAuroc, double mutualInformationAuroc) {}

  /**
   * Judges a reader.
   *
   * @param afterDigits told of the digits as soon as they are read, before the other images
   */
  static Evaluation of(DigitReader reader, LoadedData data, Consumer<Known> afterDigits) {
    Known known = known(reader, data.test());
    afterDigits.accept(known);
    Judged digits = known.digits();
    List<ImageSet> sets = new ArrayList<>(data.outOfDistribution());
    sets.add(whiteNoise(reader.settings().seed(), data.test()));
    List<Foreign> foreign = new ArrayList<>();
    for (ImageSet set : sets) {
      Judged judged = Judged.of(reader, set);
      foreign.add(
          new Foreign(
              judged,
              OutOfDistribution.auroc(digits.entropy(), judged.entropy()),
              OutOfDistribution.auroc(digits.mutualInformation(), judged.mutualInformation())));
    }
    return new Evaluation(known, List.copyOf(foreign));
  }

  private static Known known(DigitReader reader, ImageSet test) {
    long start = System.nanoTime();
    Judged digits = Judged.of(reader, test);
    Duration readingTime = Duration.ofNanos(System.nanoTime() - start);
    return new Known(
        digits,
        Calibration.scores(digits.prediction().mean(), test.labels()),
        RefusalReport.of(digits.decisions(), test.labels()),
        readingTime);
  }

  Judged digits() {
    return known.digits();
  }

  ClassificationScores scores() {
    return known.scores();
  }

  RefusalReport refusal() {
    return known.refusal();
  }

  Duration readingTime() {
    return known.readingTime();
  }

  /** Images whose pixels are uniform and independent. */
  static ImageSet whiteNoise(long seed, ImageSet like) {
    float[] uniforms = new float[NOISE_IMAGES * like.height() * like.width()];
    Noise.seeded(seed).split("white noise").uniforms(uniforms, 0, uniforms.length, 0);
    byte[] pixels = new byte[uniforms.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (uniforms[i] * 256);
    }
    return ImageSet.unlabelled("white noise", like.height(), like.width(), pixels);
  }
}
