package io.bayes4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.predict.Prediction;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Two draws of classes for each pixel of four pictures of 2 x 3. */
final class MapsTest {
  private static final Pattern IMAGE = Pattern.compile("data:image/png;base64,([^\"]*)\"");
  private static final int COUNT = 4;
  private static final int AREA = 6;

  /** Class 0 everywhere but in one pixel of picture 2, of which the draws disagree. */
  private static Prediction prediction() {
    float[] logits = new float[2 * COUNT * 2 * AREA];
    for (int draw = 0; draw < 2; draw++) {
      for (int i = 0; i < COUNT; i++) {
        for (int place = 0; place < AREA; place++) {
          boolean disputed = i == 2 && place == 4;
          int winner = disputed && draw == 1 ? 1 : 0;
          logits[((draw * COUNT + i) * 2 + winner) * AREA + place] = 8 + i;
        }
      }
    }
    return Examples.of(Detached.of(logits, 2, COUNT, 2, 2, 3));
  }

  private static Pictures pictures() {
    return Pictures.of(Noise.seeded(1).uniforms(COUNT, 3, 2, 3));
  }

  private static ClassificationReport report() {
    return Report.of(prediction(), new int[COUNT * AREA])
        .classes(List.of("road", "car"))
        .pictures(pictures());
  }

  private static List<BufferedImage> images(String html) throws IOException {
    List<BufferedImage> images = new ArrayList<>();
    Matcher matcher = IMAGE.matcher(html);
    while (matcher.find()) {
      byte[] png = Base64.getDecoder().decode(matcher.group(1));
      images.add(ImageIO.read(new ByteArrayInputStream(png)));
    }
    return images;
  }

  private static int colour(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 0xffffff;
  }

  @Test
  void threePicturesStandBesideTheirMaps() throws IOException {
    List<BufferedImage> images = images(report().html());

    assertThat(images).hasSize(3 * 5);
    BufferedImage truth = images.get(11);
    BufferedImage answer = images.get(12);
    BufferedImage notKnown = images.get(14);
    assertThat(answer.getWidth()).isEqualTo(3);
    assertThat(answer.getHeight()).isEqualTo(2);
    assertThat(colour(truth, 1, 1)).isEqualTo(Colours.ofClass(0));
    assertThat(colour(answer, 0, 0)).isEqualTo(Colours.ofClass(0));
    assertThat(colour(answer, 1, 1)).as("refused").isZero();
    assertThat(colour(notKnown, 1, 1)).isEqualTo(Colours.heat(1));
    assertThat(colour(notKnown, 0, 0)).isEqualTo(Colours.heat(0));
  }

  @Test
  void theLegendNamesTheClasses() {
    assertThat(report().html())
        .contains("Where it knows, and where not", Colours.hex(Colours.ofClass(1)), "car</li>");
  }

  @Test
  void otherPicturesAreShownWithoutTruth() throws IOException {
    String html = Report.of(prediction()).against("a fair", prediction(), pictures()).html();

    assertThat(images(html)).hasSize(2 * 4);
    assertThat(html).contains("Of a fair, the pictures it knows least of");
  }

  @Test
  void aPictureForEachExampleIsAskedFor() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Report.of(prediction()).pictures(Pictures.of(Noise.seeded(1).uniforms(5, 3, 2, 3))))
        .withMessageContaining("images must be one for each of 4 examples, got 5");
  }
}
