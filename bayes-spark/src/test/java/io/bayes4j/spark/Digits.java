package io.bayes4j.spark;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** MNIST's digits, of the four files as they are published. */
final class Digits {
  static final int PIXELS = 784;

  private static final int GREATEST_BYTE = 255;

  private final byte[] pixels;
  private final byte[] labels;

  private Digits(byte[] pixels, byte[] labels) {
    this.pixels = pixels;
    this.labels = labels;
  }

  /** The 60,000 digits of training, or the 10,000 of testing. */
  static Digits read(Path folder, boolean train) throws IOException {
    String name = train ? "train" : "t10k";
    byte[] pixels = bytes(folder.resolve(name + "-images-idx3-ubyte.gz"), 3);
    byte[] labels = bytes(folder.resolve(name + "-labels-idx1-ubyte.gz"), 1);
    if (pixels.length != labels.length * PIXELS) {
      throw new IOException(pixels.length + " pixels for " + labels.length + " labels");
    }
    return new Digits(pixels, labels);
  }

  private static byte[] bytes(Path file, int axes) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file))))) {
      if (in.readInt() != 0x800 + axes) {
        throw new IOException(file + " is no IDX file of bytes with " + axes + " axes");
      }
      int length = 1;
      for (int axis = 0; axis < axes; axis++) {
        length = Math.multiplyExact(length, in.readInt());
      }
      return in.readNBytes(length);
    }
  }

  /** What a digit is, 0 to 9. */
  int label(int digit) {
    return labels[digit];
  }

  int count() {
    return labels.length;
  }

  /** Pixels of some digits, between 0 and 1. */
  float[] floats(int from, int to) {
    float[] numbers = new float[(to - from) * PIXELS];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (pixels[from * PIXELS + i] & 0xff) / (float) GREATEST_BYTE;
    }
    return numbers;
  }

  /** The same of one digit, as an ML vector has them. */
  double[] doubles(int digit) {
    float[] numbers = floats(digit, digit + 1);
    double[] wide = new double[PIXELS];
    for (int k = 0; k < PIXELS; k++) {
      wide[k] = numbers[k];
    }
    return wide;
  }

  /** The first digits of training, which each task reads of the files itself. */
  static Dataset<Row> frame(SparkSession spark, String folder, int count, int partitions) {
    return spark
        .range(0, count, 1, partitions)
        .mapPartitions(
            (MapPartitionsFunction<Long, Row>)
                ids -> {
                  Digits digits = read(Path.of(folder), true);
                  List<Row> rows = new ArrayList<>();
                  ids.forEachRemaining(
                      id ->
                          rows.add(RowFactory.create(id.intValue(), digits.vector(id.intValue()))));
                  return rows.iterator();
                },
            Encoders.row(Examples.SCHEMA));
  }

  /** A digit as a row has it. */
  Vector vector(int digit) {
    return Vectors.dense(doubles(digit));
  }
}
