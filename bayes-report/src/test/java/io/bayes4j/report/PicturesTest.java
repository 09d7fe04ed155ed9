package io.bayes4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Reads with Java's decoder what was written without it. */
final class PicturesTest {
  @Test
  void colourIsReadBackExactly() throws IOException {
    byte[] pixels = new byte[2 * 3 * 5 * 7];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 37);
    }

    BufferedImage read = decode(Pictures.of(pixels, 3, 5, 7).png(1));

    assertThat(read.getWidth()).isEqualTo(7);
    assertThat(read.getHeight()).isEqualTo(5);
    for (int row = 0; row < 5; row++) {
      for (int column = 0; column < 7; column++) {
        for (int c = 0; c < 3; c++) {
          int expected = pixels[((3 + c) * 5 + row) * 7 + column] & 0xff;
          assertThat(read.getRaster().getSample(column, row, c)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void floatsAreClippedAndUnstandardized() throws IOException {
    var images = Detached.of(new float[] {-1, 0, 1, 9}, 1, 1, 2, 2);

    assertThat(samples(decode(Pictures.of(images).png(0)))).containsExactly(0, 0, 255, 255);
    Pictures standardized = Pictures.of(images, new double[] {0.4}, new double[] {0.2});
    assertThat(samples(decode(standardized.png(0)))).containsExactly(51, 102, 153, 255);
  }

  private static int[] samples(BufferedImage image) {
    return image.getRaster().getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
  }

  @Test
  void aLargePictureIsAveragedDown() throws IOException {
    byte[] pixels = new byte[224 * 448];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 448 < 4 ? 100 : 0);
    }

    BufferedImage read = decode(Pictures.of(pixels, 1, 224, 448).png(0));

    assertThat(read.getWidth()).isEqualTo(112);
    assertThat(read.getHeight()).isEqualTo(56);
    assertThat(read.getRaster().getSample(0, 30, 0)).isEqualTo(100);
    assertThat(read.getRaster().getSample(1, 30, 0)).isZero();
  }

  @Test
  void aPictureOfOnePixelIsOne() throws IOException {
    BufferedImage read = decode(Pictures.of(new byte[] {42}, 1, 1, 1).png(0));

    assertThat(samples(read)).containsExactly(42);
  }

  @Test
  void refusesWhatIsNoPicture() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pictures.of(new byte[10], 3, 2, 2))
        .withMessageContaining(
            "pixels must hold one or more whole pictures of 12 bytes, got 10 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pictures.of(new byte[8], 2, 2, 2))
        .withMessageContaining("channels must be 1 or 3, got 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pictures.of(Noise.seeded(1).uniforms(2, 4, 3, 3)))
        .withMessageContaining("1 or 3 channels, got shape [2, 4, 3, 3]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Pictures.of(
                    Noise.seeded(1).uniforms(2, 3, 3, 3), new double[] {0}, new double[] {1}))
        .withMessageContaining("mean must have one number for each of 3 channels, got 1");
  }

  private static BufferedImage decode(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }
}
