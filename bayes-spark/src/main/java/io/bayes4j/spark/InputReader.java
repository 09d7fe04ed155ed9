package io.bayes4j.spark;

import io.bayes4j.core.internal.Require;
import java.io.Serial;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.collection.Iterator;
import scala.collection.Seq;

/**
 * Takes the numbers of an example out of a column: of ML vectors, arrays of numbers, or images of
 * Spark's image data source.
 */
final class InputReader implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private static final float GREATEST_BYTE = 255;

  private final int column;
  private final long[] shape;
  private final int length;

  /**
   * A reader.
   *
   * @param column number of the column
   * @param shape of an example
   */
  InputReader(int column, long... shape) {
    Require.argument(
        shape.length > 0 && Arrays.stream(shape).allMatch(size -> size > 0),
        "inputShape must have sizes above zero, got %s",
        Require.text(shape));
    this.column = column;
    this.shape = shape.clone();
    long product = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    this.length = Math.toIntExact(product);
  }

  /** A value that is no example, and why. */
  static final class BadRowException extends Exception {
    @Serial private static final long serialVersionUID = 1;

    private final String why;

    BadRowException(String template, Object... args) {
      why = String.format(Locale.US, template, args);
    }

    @Override
    public String getMessage() {
      return why;
    }
  }

  /** Numbers of an example. */
  int length() {
    return length;
  }

  /** Shape of an example. */
  long[] shape() {
    return shape.clone();
  }

  /**
   * Checks the type of the column.
   *
   * @throws IllegalArgumentException naming the column if it is none that can be read
   */
  static void requireReadable(String name, DataType type) {
    boolean numbers = type instanceof ArrayType array && array.elementType() instanceof NumericType;
    boolean image = type instanceof StructType struct && Image.isIn(struct);
    Require.argument(
        numbers || image || type.equals(SQLDataTypes.VectorType()),
        "column %s must be an ML vector, an array of numbers or an image, got %s",
        name,
        type.simpleString());
  }

  /**
   * Writes the example of a row into an array.
   *
   * @param at where it begins
   * @throws BadRowException if there is none, it has another length, or a number is missing or not
   *     finite
   */
  void read(Row row, float[] target, int at) throws BadRowException {
    Object value = row.get(column);
    if (value == null) {
      throw new BadRowException("is null");
    }
    if (value instanceof Vector vector) {
      requireLength(vector.size());
      double[] numbers = vector.toArray();
      for (int i = 0; i < length; i++) {
        target[at + i] = finite(numbers[i], i);
      }
    } else if (value instanceof Row image) {
      Image.read(image, shape, target, at);
    } else {
      Seq<?> numbers = (Seq<?>) value;
      requireLength(numbers.length());
      Iterator<?> iterator = numbers.iterator();
      for (int i = 0; i < length; i++) {
        if (!(iterator.next() instanceof Number number)) {
          throw new BadRowException("number %d is null", i);
        }
        target[at + i] = finite(number.doubleValue(), i);
      }
    }
  }

  private void requireLength(int found) throws BadRowException {
    if (found != length) {
      throw new BadRowException(
          "must have %d numbers for shape %s, got %d", length, Arrays.toString(shape), found);
    }
  }

  private static float finite(double number, int i) throws BadRowException {
    float single = (float) number;
    if (!Float.isFinite(single)) {
      throw new BadRowException("number %d must be finite as a float, got %s", i, number);
    }
    return single;
  }

  /** A row of Spark's image data source: bytes in rows, the channels of a pixel as BGR(A). */
  private static final class Image {
    private static final String DATA = "data";
    private static final List<String> FIELDS =
        List.of("height", "width", "nChannels", "mode", DATA);
    private static final int LARGEST_8_BIT_MODE = 24;
    private static final int DEPTH_BITS = 7;

    private Image() {}

    static boolean isIn(StructType struct) {
      Map<String, DataType> types =
          Arrays.stream(struct.fields())
              .collect(Collectors.toMap(StructField::name, StructField::dataType, (a, b) -> a));
      return FIELDS.stream()
          .allMatch(
              name ->
                  (name.equals(DATA) ? DataTypes.BinaryType : DataTypes.IntegerType)
                      .equals(types.get(name)));
    }

    static void read(Row image, long[] shape, float[] target, int at) throws BadRowException {
      for (String name : FIELDS) {
        if (image.isNullAt(image.fieldIndex(name))) {
          throw new BadRowException("must be an image, its %s is null", name);
        }
      }
      int height = image.<Integer>getAs("height");
      int width = image.<Integer>getAs("width");
      int channels = image.<Integer>getAs("nChannels");
      int mode = image.<Integer>getAs("mode");
      byte[] data = image.getAs(DATA);
      if (mode < 0 || mode > LARGEST_8_BIT_MODE || (mode & DEPTH_BITS) != 0) {
        throw new BadRowException("must be an image of 8 bits, got OpenCV's mode %d", mode);
      }
      long[] found = {channels, height, width};
      if (!Arrays.equals(found, shape) || data.length != channels * height * width) {
        throw new BadRowException(
            "must be an image of shape %s, got %s with %d bytes",
            Arrays.toString(shape), Arrays.toString(found), data.length);
      }
      int places = height * width;
      for (int channel = 0; channel < channels; channel++) {
        // OpenCV's order is blue, green, red; that of networks the other way round.
        int from = channels >= 3 && channel < 3 ? 2 - channel : channel;
        for (int place = 0; place < places; place++) {
          int unsigned = data[place * channels + from] & 0xff;
          target[at + channel * places + place] = unsigned / GREATEST_BYTE;
        }
      }
    }
  }
}
