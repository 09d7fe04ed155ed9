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
 * Digits as a gzipped table: per line 28 x 28 grey levels of 0 to 255, row by row, and the digit.
 */
final class DigitTable {
  private static final int AREA = DigitFrame.SIDE * DigitFrame.SIDE;
  private static final int BRIGHTEST = 255;
  private static final int CLASSES = 10;

  /** Of a grey level; four million of them are too many for a regular expression each. */
  private static final int MOST_DIGITS = 3;

  private final Object source;
  private final List<GreyImage> images = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();

  private DigitTable(Object source) {
    this.source = source;
  }

  /**
   * Reads a table.
   *
   * @param source names the table in messages
   * @param in the gzipped table, which the caller closes
   * @throws MalformedDataException if a line breaks the format
   */
  static ImageSet read(Object source, InputStream in) throws IOException {
    DigitTable digits = new DigitTable(source);
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
      byte[] pixels = new byte[AREA];
      for (int i = 0; i < AREA; i++) {
        pixels[i] = (byte) number(fields[i], BRIGHTEST);
      }
      labels.add(number(fields[AREA], CLASSES - 1));
      images.add(new GreyImage(DigitFrame.SIDE, DigitFrame.SIDE, pixels));
    }
    MalformedDataException.require(!images.isEmpty(), source, "must have at least one line");
  }

  private int number(String field, int largest) throws MalformedDataException {
    int number = 0;
    boolean digits = !field.isEmpty() && field.length() <= MOST_DIGITS;
    for (int i = 0; digits && i < field.length(); i++) {
      digits = field.charAt(i) >= '0' && field.charAt(i) <= '9';
      number = 10 * number + field.charAt(i) - '0';
    }
    MalformedDataException.require(
        digits && number <= largest,
        line(),
        "must hold whole numbers in [0, %d], got \"%s\"",
        largest,
        field.length() > 20 ? field.substring(0, 20) + "..." : field);
    return number;
  }

  private String line() {
    return source + ", line " + (images.size() + 1);
  }

  private ImageSet toImages() {
    int[] answers = labels.stream().mapToInt(Integer::intValue).toArray();
    return ImageSet.gathering("digits", images, answers);
  }
}
