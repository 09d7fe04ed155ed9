package io.bayes4j.imports.dl4j;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bayes4j.core.internal.Zip64Record;
import io.bayes4j.imports.format.MalformedModelFileException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A file of Deeplearning4j: what the network is, and its numbers, which are read as it is built.
 */
final class Dl4jFile implements AutoCloseable {
  static final String CONFIGURATION = "configuration.json";

  private static final String COEFFICIENTS = "coefficients.bin";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final int MOST_TEXT = 1 << 26;

  /** Weights do not shrink by more. */
  private static final int MOST_INFLATION = 32;

  private static final long SMALL = 1 << 20;

  private final ZipFile zip;
  private final JsonNode configuration;
  private final Parameters parameters;

  private Dl4jFile(ZipFile zip, JsonNode configuration, Parameters parameters) {
    this.zip = zip;
    this.configuration = configuration;
    this.parameters = parameters;
  }

  static boolean isImpossible(Path file) throws IOException {
    return Zip64Record.brokenRule(file).isPresent();
  }

  /** Opens a file, which is open until this is closed. */
  static Dl4jFile open(Path file) throws IOException {
    Optional<String> broken = Zip64Record.brokenRule(file);
    if (broken.isPresent()) {
      throw malformed(file, broken.get());
    }
    ZipFile zip = opened(file);
    try {
      JsonNode configuration = configuration(zip, file);
      return new Dl4jFile(zip, configuration, parameters(zip, file));
    } catch (IOException e) {
      zip.close();
      throw broken(file, e);
    } catch (RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private static ZipFile opened(Path file) throws IOException {
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw broken(file, e);
    }
  }

  private static Parameters parameters(ZipFile zip, Path file) throws IOException {
    ZipEntry entry = zip.getEntry(COEFFICIENTS);
    if (entry == null) {
      throw malformed(file, "must have an entry " + COEFFICIENTS);
    }
    long length = entry.getSize();
    if (length < 0 || length > MOST_INFLATION * Files.size(file) + SMALL) {
      throw malformed(
          file,
          COEFFICIENTS
              + " must not be more than 32 times as long as the file, declares "
              + length
              + " bytes");
    }
    return parameters(file, new DataInputStream(zip.getInputStream(entry)), length);
  }

  /** What the reading of a file's numbers ended with, as an error of the file where it is one. */
  static IOException broken(Path file, IOException e) {
    return e instanceof ZipException || e instanceof EOFException
        ? new MalformedModelFileException(
            file + ": must be a whole ZIP file: " + clean(String.valueOf(e)), e)
        : e;
  }

  JsonNode configuration() {
    return configuration;
  }

  /** All numbers, in the order of layers and of parameters in them. */
  Parameters parameters() {
    return parameters;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  private static JsonNode configuration(ZipFile zip, Path file) throws IOException {
    ZipEntry entry = zip.getEntry(CONFIGURATION);
    if (entry == null) {
      throw malformed(file, "must have an entry " + CONFIGURATION);
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(MOST_TEXT + 1);
      if (bytes.length > MOST_TEXT) {
        throw malformed(file, CONFIGURATION + " must have at most " + MOST_TEXT + " bytes");
      }
      return JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new MalformedModelFileException(
          file + ": " + CONFIGURATION + " must be valid JSON: " + clean(e.getOriginalMessage()), e);
    }
  }

  /** An array of ND4J: a buffer with its shape, which does not matter here, and one of numbers. */
  private static Parameters parameters(Path file, DataInputStream in, long length)
      throws IOException {
    Buffer shape = Buffer.read(file, in, length);
    in.skipNBytes(shape.bytes());
    Buffer numbers = Buffer.read(file, in, length);
    boolean doubles = numbers.type().equals("DOUBLE");
    if (!doubles && !numbers.type().equals("FLOAT")) {
      throw malformed(file, "parameters must be FLOAT or DOUBLE, are " + clean(numbers.type()));
    }
    return new Parameters(in, numbers.count(), doubles);
  }

  /**
   * What stands before the elements of a buffer.
   *
   * @param count of elements
   * @param type of an element, as ND4J calls it
   */
  private record Buffer(long count, String type) {
    static Buffer read(Path file, DataInputStream in, long length) throws IOException {
      String allocation = text(file, in);
      // Older kinds of buffers have an int here.
      long count =
          switch (allocation) {
            case "DIRECT", "HEAP", "JAVACPP" -> in.readInt();
            case "LONG_SHAPE", "MIXED_DATA_TYPES" -> in.readLong();
            default -> throw malformed(file, "no buffer is of kind " + clean(allocation));
          };
      Buffer buffer = new Buffer(count, text(file, in));
      if (count < 0 || count > Integer.MAX_VALUE || count > length / buffer.width()) {
        throw malformed(
            file, "a buffer of " + count + " elements must fit its " + length + " bytes");
      }
      return buffer;
    }

    private static String text(Path file, DataInputStream in) throws IOException {
      int length = in.readUnsignedShort();
      if (length > 64) {
        throw malformed(file, "the name of a type must have at most 64 bytes, has " + length);
      }
      return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    int width() {
      return switch (type) {
        case "LONG", "DOUBLE", "INT64", "UINT64" -> Long.BYTES;
        case "HALF", "SHORT", "BFLOAT16" -> Short.BYTES;
        default -> Integer.BYTES;
      };
    }

    long bytes() {
      return count * width();
    }
  }

  private static MalformedModelFileException malformed(Path file, String rule) {
    return new MalformedModelFileException(file + ": " + rule);
  }

  /** Makes text from a file fit for a message. */
  static String clean(String text) {
    String shown = text.length() <= 300 ? text : text.substring(0, 300) + "...";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
