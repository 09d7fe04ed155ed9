package io.bayes4j.examples.imagenet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.examples.data.MalformedDataException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against torchvision: src/test/python/imagenet_golden.py. */
final class PreparationTest {
  @TempDir private Path folder;

  static Path resource(String name) {
    URL url = PreparationTest.class.getResource("/imagenet/" + name);
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wide", "tall", "small", "grey", "ink"})
  void picturesAreThoseOfTorchvisionToTheByte(String name) throws IOException {
    RgbImage ours = Preparation.crop(resource(name + ".jpg"));
    RgbImage theirs = PictureFile.read(resource(name + ".png"));

    assertThat(ours.width()).isEqualTo(224);
    assertThat(theirs.width()).isEqualTo(224);
    assertThat(ours.furthestFrom(theirs)).isZero();
  }

  @Test
  void anotherFilterWouldBeSeen() throws IOException {
    RgbImage theirs = PictureFile.read(resource("wide.png"));
    RgbImage unscaled = PictureFile.read(resource("wide.jpg")).centre(224);

    assertThat(unscaled.furthestFrom(theirs)).isGreaterThan(20);
  }

  @Test
  void numbersAreStandardizedByChannel() throws IOException {
    byte[] pixels = Preparation.crop(resource("wide.jpg")).pixels();
    float[] numbers = Preparation.numbers(resource("wide.jpg"));

    assertThat((double) numbers[0])
        .isCloseTo(((pixels[0] & 0xff) / 255.0 - 0.485) / 0.229, within(1e-6));
    int last = numbers.length - 1;
    assertThat((double) numbers[last])
        .isCloseTo(((pixels[last] & 0xff) / 255.0 - 0.406) / 0.225, within(1e-6));
  }

  @Test
  void aTruncatedPictureIsNamed() throws IOException {
    byte[] whole = Files.readAllBytes(resource("wide.jpg"));
    Path half = Files.write(folder.resolve("half.jpg"), Arrays.copyOf(whole, whole.length / 2));
    Path none = Files.writeString(folder.resolve("none.jpg"), "no picture");

    assertThatThrownBy(() -> PictureFile.read(half))
        .isInstanceOf(MalformedDataException.class)
        .hasMessageContainingAll(half.toString(), "is a damaged picture");
    assertThatThrownBy(() -> PictureFile.read(none))
        .isInstanceOf(MalformedDataException.class)
        .hasMessageContainingAll(none.toString(), "must be a JPEG or PNG picture");
  }
}
