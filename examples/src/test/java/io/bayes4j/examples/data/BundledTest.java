package io.bayes4j.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BundledTest {
  private static byte[] resource(String name) throws IOException {
    try (InputStream in = Bundled.open(name)) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "digits.csv.gz, 09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
    "fashion-mnist-1000-images-idx3-ubyte.gz,"
        + " 1d883f3966f98d7fc5011e0ff22f6e190d3b994ad0583bfd53c4b120eb39f754",
  })
  void filesAreThoseThatTheReadmeDescribes(String name, String sha256) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(resource(name));
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(sha256);
    String readme = new String(resource("README.md"), StandardCharsets.UTF_8);
    assertThat(readme).contains(sha256);
  }

  @Test
  void digitsHaveTheirPublishedCounts() throws IOException {
    ImageSet digits = Bundled.digits();
    assertThat(digits).hasToString("digits [1797, 1, 28, 28]");
    int[] counts = new int[10];
    for (int label : digits.labels()) {
      counts[label]++;
    }
    assertThat(counts).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
  }

  @Test
  void digitsFillTheMiddleOfADarkFrame() throws IOException {
    ImageSet digits = Bundled.digits();
    int brightest = 0;
    for (int i = 0; i < digits.size(); i++) {
      byte[] pixels = digits.pixels(i);
      for (int p = 0; p < pixels.length; p++) {
        int row = p / 28;
        int column = p % 28;
        boolean inBox = row >= 4 && row < 24 && column >= 4 && column < 24;
        if (!inBox) {
          assertThat(pixels[p]).isZero();
        }
        brightest = Math.max(brightest, pixels[p] & 0xff);
      }
    }
    assertThat(brightest).isEqualTo(255);
  }

  @Test
  void setsAreCutBetweenForms() throws IOException {
    int[] labels = Bundled.digits().labels();
    for (int cut : new int[] {DigitData.BUNDLED_TRAIN_END, DigitData.BUNDLED_VALIDATION_END}) {
      assertThat(Arrays.copyOfRange(labels, cut - 1, cut + 20))
          .containsExactly(8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
  }

  @Test
  void clothesAreSharpBesideMnistAndCoarseBesideTheBundledDigits() throws IOException {
    ImageSet fine = Bundled.clothes(Resolution.FINE);
    ImageSet coarse = Bundled.clothes(Resolution.COARSE);
    assertThat(fine).hasToString("clothes [1000, 1, 28, 28]");
    assertThat(coarse).hasToString("clothes [1000, 1, 28, 28]");
    GreyImage first = new GreyImage(28, 28, fine.pixels(0));
    GreyImage expected = Resize.to(Resize.to(first, 8, 8), 20, 20).centred(28, 28);
    assertThat(coarse.pixels(0)).isEqualTo(expected.pixels()).isNotEqualTo(first.pixels());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "17 | , line 2: must hold whole numbers in [0, 16], got \"17\"",
        "-1 | , line 2: must hold whole numbers in [0, 16], got \"-1\"",
        "1.5 | got \"1.5\"",
        "1,1 | , line 2: must have 65 fields, got 66",
        "99999999999999999999999999 | got \"99999999999999999999...\"",
      })
  void aForgedTableIsRefused(String field, String rule) {
    String good = "0,".repeat(64) + "7\n";
    String bad = "0,".repeat(63) + field + ",7\n";
    assertRefused(TestFiles.gzip((good + bad).getBytes(StandardCharsets.US_ASCII)), rule);
  }

  @Test
  void aTableWithAWrongDigitOrWithoutLinesOrCutOffIsRefused() {
    byte[] wrongDigit = ("0,".repeat(64) + "10\n").getBytes(StandardCharsets.US_ASCII);
    assertRefused(TestFiles.gzip(wrongDigit), "whole numbers in [0, 9], got \"10\"");
    assertRefused(TestFiles.gzip(new byte[0]), "must have at least one line");
    byte[] zipped = TestFiles.gzip("0,".repeat(65).getBytes(StandardCharsets.US_ASCII));
    assertRefused(Arrays.copyOf(zipped, zipped.length / 2), "is a damaged gzip file");
    assertRefused(wrongDigit, "is a damaged gzip file");
  }

  private static void assertRefused(byte[] table, String rule) {
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> UciDigits.read("table", new ByteArrayInputStream(table)))
        .withMessageStartingWith("table")
        .withMessageContaining(rule);
  }
}
