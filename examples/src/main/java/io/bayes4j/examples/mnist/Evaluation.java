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

/**
 * How a reader does on digits it has not seen, and on what is no digit.
 *
 * @param digits the test digits
 * @param scores measures on them, none refused
 * @param refusal what the rule does to them
 * @param foreign sets of images that are no digits
 * @param readingTime time for the test digits
 */
record Evaluation(
    Judged digits,
    ClassificationScores scores,
    RefusalReport refusal,
    List<Foreign> foreign,
    Duration readingTime) {
  private static final int NOISE_IMAGES = 1000;

  /**
   * A set of images that are no digits.
   *
   * @param judged what the reader made of them
   * @param entropyAuroc chance that such an image has a higher entropy than a test digit
   * @param mutualInformationAuroc the same by mutual information
   */
  record Foreign(Judged judged, double entropyAuroc, double mutualInformationAuroc) {}

  static Evaluation of(DigitReader reader, LoadedData data) {
    long start = System.nanoTime();
    Judged digits = Judged.of(reader, data.test());
    Duration readingTime = Duration.ofNanos(System.nanoTime() - start);
    int[] labels = data.test().labels();
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
    return new Evaluation(
        digits,
        Calibration.scores(digits.prediction().mean(), labels),
        RefusalReport.of(digits.decisions(), labels),
        List.copyOf(foreign),
        readingTime);
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
