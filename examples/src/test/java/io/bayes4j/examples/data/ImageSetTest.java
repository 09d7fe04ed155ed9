package io.bayes4j.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class ImageSetTest {
  private final byte[] pixels = {0, (byte) 255, 51, 102, 1, 2, 3, 4, 5, 6, 7, 8};
  private final int[] answers = {3, 1, 4};
  private final ImageSet set = ImageSet.labelled("three", 2, 2, pixels, answers);

  @Test
  void keepsItsOwnCopyOfWhatItIsGiven() {
    pixels[4] = 99;
    answers[1] = 99;
    assertThat(set.pixels(1)).containsExactly(1, 2, 3, 4);
    assertThat(set.label(1)).isEqualTo(1);
  }

  @Test
  void handsOutCopies() {
    set.pixels(0)[1] = 0;
    set.labels()[0] = 0;
    assertThat(set.pixels(0)[1]).isEqualTo((byte) 255);
    assertThat(set.labels()).containsExactly(3, 1, 4);
  }

  @Test
  void sliceOfASliceCountsFromItsOwnStart() {
    ImageSet last = set.slice(1, 3).slice(1, 2);
    assertThat(last.size()).isEqualTo(1);
    assertThat(last.label(0)).isEqualTo(4);
    assertThat(last.labels()).containsExactly(4);
    assertThat(last.pixels(0)).containsExactly(5, 6, 7, 8);
    assertThat(last.select(0, 0).pixels(1)).containsExactly(5, 6, 7, 8);
    assertThat(last.normalized(0, 1, new Normalization(0, 1))[3]).isEqualTo(8 / 255f);
  }

  @Test
  void selectsInTheOrderOfTheIndices() {
    ImageSet chosen = set.select(2, 0, 2);
    assertThat(chosen.labels()).containsExactly(4, 3, 4);
    assertThat(chosen.pixels(1)).containsExactly(0, (byte) 255, 51, 102);
    assertThat(chosen.pixels(2)).containsExactly(5, 6, 7, 8);
  }

  @Test
  void normalizesToMeanAndDeviation() {
    float[] values = set.normalized(0, 1, new Normalization(0.5f, 0.25f));
    assertThat(values).containsExactly(new float[] {-2, 2, -1.2f, -0.4f}, within(1e-6f));
    assertThat(set.normalized(new int[] {2, 0}, new Normalization(0.5f, 0.25f)))
        .endsWith(values)
        .hasSize(8);
  }

  @Test
  void measuredNormalizationGivesMeanZeroAndDeviationOne() {
    ImageSet part = set.slice(0, 2);
    float[] values = part.normalized(0, 2, Normalization.of(part));
    double mean = 0;
    double square = 0;
    for (float value : values) {
      mean += value / values.length;
      square += (double) value * value / values.length;
    }
    assertThat(mean).isCloseTo(0, within(1e-6));
    assertThat(square).isCloseTo(1, within(1e-6));
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageSet.unlabelled("x", 2, 2, new byte[5]))
        .withMessage("pixels must hold one or more images of 2 x 2, got 5 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageSet.unlabelled("x", 2, 2, new byte[0]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageSet.unlabelled("x", 0, 2, new byte[4]))
        .withMessageContaining("height must be > 0, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageSet.unlabelled("x", 1 << 20, 1 << 20, new byte[4]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageSet.labelled("x", 2, 2, new byte[4], new int[] {1, 2}))
        .withMessageContaining("one per image (1), got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImageSet.labelled("x", 2, 2, new byte[4], new int[] {-1}))
        .withMessageContaining("got -1 at 0");
  }

  @Test
  void refusesIndicesAndRangesOutside() {
    ImageSet part = set.slice(0, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> part.pixels(2))
        .withMessage("index must be in [0, 2) in the image set \"three\", got 2");
    assertThatIllegalArgumentException().isThrownBy(() -> part.label(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> part.select(0, 2));
    assertThatIllegalArgumentException().isThrownBy(part::select);
    assertThatIllegalArgumentException().isThrownBy(() -> part.slice(1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> part.slice(0, 3))
        .withMessageContaining("got [0, 3)");
    Normalization unit = new Normalization(0, 1);
    assertThatIllegalArgumentException().isThrownBy(() -> part.normalized(-1, 1, unit));
    assertThatIllegalArgumentException().isThrownBy(() -> part.normalized(new int[] {2}, unit));
  }

  @Test
  void anUnlabelledSetHasNoLabels() {
    ImageSet plain = ImageSet.unlabelled("plain", 2, 2, pixels).named("other");
    assertThat(plain.hasLabels()).isFalse();
    assertThat(plain.select(1).hasLabels()).isFalse();
    assertThat(plain).hasToString("other [3, 1, 2, 2]");
    assertThatIllegalStateException()
        .isThrownBy(plain::labels)
        .withMessage("the image set \"other\" has no labels");
    assertThatIllegalStateException().isThrownBy(() -> plain.label(0));
  }

  @Test
  void normalizationRefusesNumbersThatWouldGiveNoNumbers() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Normalization(Float.NaN, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Normalization(0, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalization.of(ImageSet.unlabelled("flat", 2, 2, new byte[4])))
        .withMessageContaining("deviation must be finite and > 0");
  }
}
