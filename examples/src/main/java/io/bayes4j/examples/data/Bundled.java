package io.bayes4j.examples.data;

import java.io.IOException;
import java.io.InputStream;

/** The small data sets that come with the program; the README.md beside them says what they are. */
final class Bundled {
  /** 5,000 of MNIST's training images, 500 of each digit. */
  static final String DIGITS = "mnist_5k.csv.gz";

  /** Photographs of clothes, 100 of each of ten kinds. */
  static final String CLOTHES = "fashion-mnist-1000-images-idx3-ubyte.gz";

  private Bundled() {}

  /** The digits, in the file's order: all noughts first. */
  static ImageSet digits() throws IOException {
    try (InputStream in = open(DIGITS)) {
      return DigitTable.read(DIGITS, in);
    }
  }

  static ImageSet clothes() throws IOException {
    try (InputStream in = open(CLOTHES)) {
      return IdxFile.images("clothes", CLOTHES, in);
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
