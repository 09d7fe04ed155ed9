package io.bayes4j.examples.data;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IdxFileTest {
  private static final int IMAGES = 0x803;
  @TempDir private Path folder;

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private void assertRefused(byte[] content, String rule) throws IOException {
    Path file = file("forged", content);
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> IdxFile.images("x", file))
        .withMessageContaining(file.toString())
        .withMessageContaining(rule);
  }

  @Test
  void readsPlainAndGzippedFilesWhateverTheirNames() throws IOException {
    Path images = file("plain.gz", TestFiles.images(3, 4));
    Path labels = file("zipped", TestFiles.gzip(TestFiles.labels(3)));
    ImageSet set = IdxFile.labelled("digits", images, labels, 10);
    assertThat(set).hasToString("digits [3, 1, 4, 4]");
    assertThat(set.labels()).containsExactly(0, 1, 2);
    assertThat(set.pixels(2)).containsOnly(2);
  }

  @Test
  void refusesAnotherMagicNumber() throws IOException {
    assertRefused(
        TestFiles.labels(4),
        "must start with the magic number 0x00000803 (unsigned bytes, rank 3), got 0x00000801");
    assertRefused("<html>not found</html>".getBytes(US_ASCII), "got 0x3c68746d");
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "3", "4", "7", "15", "16", "63"})
  void refusesACutOffFile(int length) throws IOException {
    byte[] whole = TestFiles.images(3, 4);
    assertRefused(Arrays.copyOf(whole, length), "is cut off");
  }

  @Test
  void refusesACutOffOrDamagedGzipFile() throws IOException {
    byte[] whole = TestFiles.gzip(TestFiles.images(30, 4));
    for (int length = 3; length < whole.length; length++) {
      assertRefused(Arrays.copyOf(whole, length), "cut off");
    }
    byte[] wrongSum = whole.clone();
    wrongSum[whole.length - 8] ^= 1;
    assertRefused(wrongSum, "is a damaged gzip file");
    byte[] wrongMethod = whole.clone();
    wrongMethod[2] = 7;
    assertRefused(wrongMethod, "is a damaged gzip file");
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 4, 4, got -1 as dimension 0",
    "0, 4, 4, got 0 as dimension 0",
    "3, 0, 4, got 0 as dimension 1",
    "2147483647, 1, 1, got 2147483647 as dimension 0",
    "65536, 65536, 65536, got 65536 as dimension 1",
    "134217728, 1, 2, got 2 as dimension 2",
  })
  void refusesDimensionsThatAreNoneOrTooLarge(int count, int height, int width, String rule)
      throws IOException {
    assertRefused(TestFiles.idx(IMAGES, new int[] {count, height, width}, new byte[48]), rule);
  }

  @Test
  void believesNoHeaderThatClaimsMoreThanThereIs() throws IOException {
    byte[] forged = TestFiles.idx(IMAGES, new int[] {IdxFile.MAX_VALUES, 1, 1}, new byte[48]);
    assertRefused(forged, "is cut off: 48 of 134217728 values");
  }

  @Test
  void refusesTrailingBytes() throws IOException {
    byte[] longer = Arrays.copyOf(TestFiles.images(3, 4), 4 + 12 + 48 + 1);
    assertRefused(longer, "must end after its 48 values, but goes on");
    assertRefused(TestFiles.gzip(longer), "must end after its 48 values, but goes on");
  }

  @Test
  void refusesAnotherNumberOfLabelsThanImages() throws IOException {
    Path images = file("images", TestFiles.images(3, 4));
    Path labels = file("labels", TestFiles.labels(4));
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> IdxFile.labelled("x", images, labels, 10))
        .withMessage(labels + ": must hold one label per image of " + images + " (3), holds 4");
  }

  @Test
  void refusesALabelThatIsNoClass() throws IOException {
    Path images = file("images", TestFiles.images(3, 4));
    Path labels = file("labels", TestFiles.idx(0x801, new int[] {3}, new byte[] {9, 10, -1}));
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> IdxFile.labelled("x", images, labels, 10))
        .withMessage(labels + ": must hold labels in [0, 10), got 10 at 1");
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> IdxFile.labelled("x", images, labels, 11))
        .withMessageContaining("got 255 at 2");
  }
}
