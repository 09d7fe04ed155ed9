package io.bayes4j.examples.data;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The optical digits of the UCI repository as a gzipped table: per line 64 grey levels of 0 to 16,
 * row by row, and the digit.
 */
final class UciDigits {
  private static final int SIDE = 8;
  private static final int AREA = SIDE * SIDE;
  private static final int BRIGHTEST = 16;
  private static final int CLASSES = 10;

  private final Object source;
  private final List<GreyImage> images = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();

  private UciDigits(Object source) {
    this.source = source;
  }

  /**
   * Reads a table and enlarges each digit into the frame of 28 x 28.
   *
   * @param source names the table in messages
   * @param in the gzipped table, which the caller closes
   * @throws MalformedDataException if a line breaks the format
   */
  static ImageSet read(Object source, InputStream in) throws IOException {
    UciDigits digits = new UciDigits(source);
    try {
      digits.readLines(
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(in), StandardCharsets.US_ASCII)));
    } catch (EOFException | ZipException e) {
      throw new MalformedDataException(source, "is a damaged gzip file: " + e.getMessage(), e);
    }
    return digits.toImages();
  }

  private void readLines(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] fields = line.split(",", -1);
      MalformedDataException.require(
          fields.length == AREA + 1,
          line(),
          "must have %d fields, got %d",
          AREA + 1,
          fields.length);
      byte[] coarse = new byte[AREA];
      for (int i = 0; i < AREA; i++) {
        coarse[i] = (byte) Math.round(number(fields[i], BRIGHTEST) * 255f / BRIGHTEST);
      }
      labels.add(number(fields[AREA], CLASSES - 1));
      images.add(DigitFrame.enlarge(new GreyImage(SIDE, SIDE, coarse)));
    }
    MalformedDataException.require(!images.isEmpty(), source, "must have at least one line");
  }

  private int number(String field, int largest) throws MalformedDataException {
    MalformedDataException.require(
        field.matches("\\d{1,2}") && Integer.parseInt(field) <= largest,
        line(),
        "must hold whole numbers in [0, %d], got \"%s\"",
        largest,
        field.length() > 20 ? field.substring(0, 20) + "..." : field);
    return Integer.parseInt(field);
  }

  private String line() {
    return source + ", line " + (images.size() + 1);
  }

  private ImageSet toImages() {
    int[] answers = labels.stream().mapToInt(Integer::intValue).toArray();
    return ImageSet.gathering("digits", images, answers);
  }
}
