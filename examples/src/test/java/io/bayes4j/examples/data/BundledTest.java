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
    "mnist_5k.csv.gz, 846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",
    "breast_cancer.csv, fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed",
    "co2.csv, 16695fa2786e53414e5a6b54767a3fdf5de99cfbc68617f69d1362d92776a92f",
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
    assertThat(digits).hasToString("digits [5000, 1, 28, 28]");
    int[] counts = new int[10];
    for (int label : digits.labels()) {
      counts[label]++;
    }
    assertThat(counts).containsOnly(500);
  }

  /** As MNIST places them: a box of 20 x 20 with the centre of mass in the middle. */
  @Test
  void digitsFillTheMiddleOfADarkFrame() throws IOException {
    ImageSet digits = Bundled.digits();
    for (int i = 0; i < digits.size(); i++) {
      byte[] pixels = digits.pixels(i);
      double mass = 0;
      double rows = 0;
      int brightest = 0;
      for (int p = 0; p < pixels.length; p++) {
        mass += pixels[p] & 0xff;
        int row = p / 28;
        rows += (pixels[p] & 0xff) * (row + 0.5);
        brightest = Math.max(brightest, pixels[p] & 0xff);
      }
      assertThat(rows / mass).as("digit %d", i).isBetween(13.0, 16.0);
      assertThat(brightest).isGreaterThan(200);
    }
  }

  @Test
  void tablesHaveTheirPublishedCounts() throws IOException {
    BundledTables.Tumours tumours = BundledTables.tumours();
    assertThat(tumours.measures()).hasDimensions(569, 30);
    assertThat(Arrays.stream(tumours.labels()).filter(label -> label == 0).count()).isEqualTo(212);
    assertThat(tumours.measures()[0][0]).isEqualTo(17.99f);
    BundledTables.Co2 co2 = BundledTables.co2();
    assertThat(co2.years()).isSorted().hasSize(2225);
    assertThat(co2.years()[0]).isBetween(1958.24, 1958.25);
    assertThat(co2.ppm()[0]).isEqualTo(316.1);
    assertThat(co2.ppm()[2224]).isEqualTo(371.5);
  }

  @Test
  void clothesAreThere() throws IOException {
    assertThat(Bundled.clothes()).hasToString("clothes [1000, 1, 28, 28]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "256 | , line 2: must hold whole numbers in [0, 255], got \"256\"",
        "-1 | , line 2: must hold whole numbers in [0, 255], got \"-1\"",
        "1.5 | got \"1.5\"",
        "1,1 | , line 2: must have 785 fields, got 786",
        "99999999999999999999999999 | got \"99999999999999999999...\"",
      })
  void aForgedTableIsRefused(String field, String rule) {
    String good = "0,".repeat(784) + "7\n";
    String bad = "0,".repeat(783) + field + ",7\n";
    assertRefused(TestFiles.gzip((good + bad).getBytes(StandardCharsets.US_ASCII)), rule);
  }

  @Test
  void aTableWithAWrongDigitOrWithoutLinesOrCutOffIsRefused() {
    byte[] wrongDigit = ("0,".repeat(784) + "10\n").getBytes(StandardCharsets.US_ASCII);
    assertRefused(TestFiles.gzip(wrongDigit), "whole numbers in [0, 9], got \"10\"");
    assertRefused(TestFiles.gzip(new byte[0]), "must have at least one line");
    byte[] zipped = TestFiles.gzip("0,".repeat(785).getBytes(StandardCharsets.US_ASCII));
    assertRefused(Arrays.copyOf(zipped, zipped.length / 2), "is a damaged gzip file");
    assertRefused(wrongDigit, "is a damaged gzip file");
  }

  private static void assertRefused(byte[] table, String rule) {
    assertThatExceptionOfType(MalformedDataException.class)
        .isThrownBy(() -> DigitTable.read("table", new ByteArrayInputStream(table)))
        .withMessageStartingWith("table")
        .withMessageContaining(rule);
  }
}
