package io.bayes4j.examples.data;

import java.io.IOException;
import java.io.InputStream;

/** The small data sets that come with the program; the README.md beside them says what they are. */
final class Bundled {
  /** Real handwritten digits, 1,797 of them. */
  static final String DIGITS = "digits.csv.gz";

  /** Photographs of clothes, 100 of each of ten kinds. */
  static final String CLOTHES = "fashion-mnist-1000-images-idx3-ubyte.gz";

  private Bundled() {}

  /** The digits, in the file's order: form by form. */
  static ImageSet digits() throws IOException {
    try (InputStream in = open(DIGITS)) {
      return UciDigits.read(DIGITS, in);
    }
  }

  /** The clothes, presented at the resolution of the digits that they are compared with. */
  static ImageSet clothes(Resolution resolution) throws IOException {
    try (InputStream in = open(CLOTHES)) {
      ImageSet clothes = IdxFile.images("clothes", CLOTHES, in);
      return DigitFrame.present(clothes, resolution);
    }
  }

  static InputStream open(String name) throws IOException {
    InputStream in = Bundled.class.getResourceAsStream(name);
    if (in == null) {
      throw new MalformedDataException(name, "must be on the class path beside this program");
    }
    return in;
  }
}
