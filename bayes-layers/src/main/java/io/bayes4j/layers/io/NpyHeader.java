package io.bayes4j.layers.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses the header of an {@code .npy} file: magic bytes, version, length and a Python dictionary
 * with the keys {@code descr}, {@code fortran_order} and {@code shape}.
 */
final class NpyHeader {
  /** Longer headers exist only for structured types; NumPy's own reader has the same limit. */
  private static final int MOST_BYTES = 10_000;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int VERSION_BYTES = 2;

  private static final Pattern ITEM =
      Pattern.compile("\\s*'(\\w+)'\\s*:\\s*('[^']*'|\\w+|\\([^()]*\\))\\s*(,|(?=}))");
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?\\d+");
  private static final Pattern END = Pattern.compile("\\s*}\\s*");

  private final Origin origin;
  private final String text;
  private @Nullable StoredType type;
  private @Nullable Boolean fortran;
  private @Nullable List<Long> shape;

  private NpyHeader(Origin origin, String text) {
    this.origin = origin;
    this.text = text;
  }

  /** Takes the header from the source and leaves the data in it. */
  static StoredTensor read(Origin origin, TensorSource source) throws IOException {
    ByteBuffer start = source.take(MAGIC.length + VERSION_BYTES, "magic bytes and version");
    for (byte expected : MAGIC) {
      if (start.get() != expected) {
        throw origin.malformed("must start with the magic bytes of .npy");
      }
    }
    int major = start.get();
    int minor = start.get();
    if (major < 1 || major > 3 || minor != 0) {
      throw origin.malformed("version must be 1.0, 2.0 or 3.0, is " + major + "." + minor);
    }
    long length =
        major == 1
            ? Short.toUnsignedInt(source.take(Short.BYTES, "header length").getShort())
            : Integer.toUnsignedLong(source.take(Integer.BYTES, "header length").getInt());
    if (length > MOST_BYTES) {
      throw origin.malformed(
          "the header must have at most " + MOST_BYTES + " bytes, declares " + length);
    }
    ByteBuffer bytes = source.take((int) length, "the header");
    Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    return new NpyHeader(origin, charset.decode(bytes).toString()).parse();
  }

  private StoredTensor parse() throws MalformedTensorFileException {
    if (!text.startsWith("{")) {
      throw origin.malformed("the header must start with '{'");
    }
    Matcher item = ITEM.matcher(text).region(1, text.length()).useTransparentBounds(true);
    int end = 1;
    Set<String> keys = new HashSet<>();
    while (item.lookingAt()) {
      if (!keys.add(item.group(1))) {
        throw origin.malformed("the header must have each key once, repeats " + item.group(1));
      }
      read(item.group(1), item.group(2));
      end = item.end();
      item.region(end, text.length());
    }
    if (!END.matcher(text).region(end, text.length()).matches()) {
      throw origin.malformed(
          "the header must be a dictionary of plain values, is " + Origin.quote(text.strip()));
    }
    if (type == null || fortran == null || shape == null) {
      throw origin.malformed("the header must have descr, fortran_order and shape");
    }
    return StoredTensor.of(origin, type, shape, fortran ? 'f' : 'c');
  }

  private void read(String key, String value) throws MalformedTensorFileException {
    switch (key) {
      case "descr" -> type = type(value);
      case "fortran_order" -> fortran = truth(value);
      case "shape" -> shape = tuple(value);
      default ->
          throw origin.malformed(
              "the header must have no other key than descr, fortran_order and shape, has "
                  + Origin.quote(key));
    }
  }

  private StoredType type(String value) throws MalformedTensorFileException {
    return switch (value) {
      case "'<f8'" -> StoredType.F64;
      case "'<f4'" -> StoredType.F32;
      case "'<f2'" -> StoredType.F16;
      case "'<i8'" -> StoredType.I64;
      case "'<i4'" -> StoredType.I32;
      case "'|i1'" -> StoredType.I8;
      case "'|u1'" -> StoredType.U8;
      case "'|b1'" -> StoredType.BOOL;
      default ->
          throw new MalformedTensorFileException(
              origin.place()
                  + ": descr must be one of <f8, <f4, <f2, <i8, <i4, |i1, |u1, |b1, is "
                  + Origin.quote(value),
              Origin.clean(value));
    };
  }

  private boolean truth(String value) throws MalformedTensorFileException {
    return switch (value) {
      case "True" -> true;
      case "False" -> false;
      default ->
          throw origin.malformed("fortran_order must be True or False, is " + Origin.quote(value));
    };
  }

  /**
   * Parses a tuple as Python prints it: {@code ()}, {@code (3,)}, {@code (3, 4)}. Without a regular
   * expression for the whole: one that repeats a group recurses once for each entry.
   */
  private List<Long> tuple(String value) throws MalformedTensorFileException {
    if (!value.startsWith("(")) {
      throw noTuple(value);
    }
    String inside = value.substring(1, value.length() - 1);
    if (inside.isBlank()) {
      return List.of();
    }
    List<String> parts = new ArrayList<>(Arrays.asList(inside.split(",", -1)));
    if (parts.size() < 2) {
      throw noTuple(value);
    }
    if (parts.get(parts.size() - 1).isBlank()) {
      parts.remove(parts.size() - 1);
    }
    if (parts.size() > StoredTensor.MOST_AXES) {
      throw origin.malformed(
          "shape must have at most " + StoredTensor.MOST_AXES + " axes, has " + parts.size());
    }
    List<Long> numbers = new ArrayList<>();
    for (String part : parts) {
      String digits = part.strip();
      if (!WHOLE_NUMBER.matcher(digits).matches()) {
        throw noTuple(value);
      }
      try {
        numbers.add(Long.parseLong(digits));
      } catch (NumberFormatException e) {
        throw origin.malformed("shape must be below 2^63, is " + Origin.quote(value), e);
      }
    }
    return numbers;
  }

  private MalformedTensorFileException noTuple(String value) {
    return origin.malformed("shape must be a tuple of whole numbers, is " + Origin.quote(value));
  }
}
