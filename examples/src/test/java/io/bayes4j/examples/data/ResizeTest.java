package io.bayes4j.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class ResizeTest {
  private static GreyImage image(int height, int width, int... levels) {
    byte[] pixels = new byte[levels.length];
    for (int i = 0; i < levels.length; i++) {
      pixels[i] = (byte) levels[i];
    }
    return new GreyImage(height, width, pixels);
  }

  private static int[] levels(GreyImage image) {
    int[] levels = new int[image.pixels().length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = image.pixels()[i] & 0xff;
    }
    return levels;
  }

  @Test
  void theSameSizeIsTheSameImage() {
    GreyImage image = image(1, 2, 3, 4);
    assertThat(Resize.to(image, 1, 2)).isSameAs(image);
  }

  @Test
  void shrinkingAveragesWhatAPixelCovers() {
    GreyImage quarters = image(2, 4, 0, 100, 200, 240, 100, 200, 240, 255);
    assertThat(levels(Resize.to(quarters, 1, 2))).containsExactly(100, 234);
  }

  @Test
  void shrinkingCountsPartlyCoveredPixelsByTheirShare() {
    // Three pixels to two: each new one covers one and a half, so (90 + 30 / 2) / 1.5 and (30 / 2 +
    // 210) / 1.5.
    assertThat(levels(Resize.to(image(1, 3, 90, 30, 210), 1, 2))).containsExactly(70, 150);
  }

  @Test
  void growingInterpolatesBetweenPixelCentres() {
    // New centres lie at -0.25, 0.25, 0.75, 1.25 of the old ones.
    assertThat(levels(Resize.to(image(1, 2, 0, 200), 1, 4))).containsExactly(0, 50, 150, 200);
    assertThat(levels(Resize.to(image(2, 1, 0, 200), 4, 1))).containsExactly(0, 50, 150, 200);
  }

  @Test
  void eachAxisIsScaledOnItsOwn() {
    assertThat(levels(Resize.to(image(2, 2, 0, 200, 100, 100), 1, 4)))
        .containsExactly(50, 75, 125, 150);
  }

  @Test
  void aFlatImageStaysFlatAtAnySize() {
    GreyImage flat =
        image(3, 5, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200);
    for (int rows = 1; rows < 9; rows++) {
      for (int columns = 1; columns < 9; columns++) {
        assertThat(levels(Resize.to(flat, rows, columns)))
            .hasSize(rows * columns)
            .containsOnly(200);
      }
    }
  }

  @Test
  void refusesToShrinkToNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Resize.to(image(1, 1, 0), 0, 1))
        .withMessage("rows must be > 0, got 0");
  }
}
