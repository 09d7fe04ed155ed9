package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.imports.format.MalformedModelFileException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Weights of 8 bits as the floats that they stand for. Beside them Keras stores, under the name of
 * a scale, 127 over the greatest number, the reciprocal of what other libraries call so: numbers
 * are divided by it.
 */
final class Quantized {
  private static final String INT8 = "int8";

  private Quantized() {}

  /** How the weights of a layer are stored; empty if as floats. */
  static Optional<String> mode(Options options) {
    JsonNode dtype = options.get("dtype");
    JsonNode mode = dtype.path("config").path("mode");
    String name = dtype.isTextual() ? dtype.asText() : dtype.path("config").path("name").asText();
    if (mode.isTextual()) {
      return Optional.of(mode.asText());
    }
    int from = name.indexOf("_from_");
    return from < 0 ? Optional.empty() : Optional.of(name.substring(0, from));
  }

  /**
   * A layer's weights as floats.
   *
   * @param type the layer's class
   * @param stored weights, and the scale after them where there is one
   */
  static List<StoredArray> floats(String type, Options options, List<StoredArray> stored)
      throws MalformedModelFileException {
    Optional<String> mode = mode(options);
    boolean floats = stored.stream().noneMatch(StoredArray::isOfEightBits);
    if (mode.isEmpty() || stored.isEmpty()) {
      if (!floats) {
        throw new MalformedModelFileException("weights must be floats, are of 8 bits");
      }
      return stored;
    }
    boolean rows = type.equals("Embedding");
    if (!mode.get().equals(INT8) || !(rows || type.equals("Dense"))) {
      throw new Unsupported("weights quantized as " + mode.get());
    }
    StoredArray kernel = stored.get(0);
    StoredArray scale = stored.get(stored.size() - 1);
    boolean fits =
        stored.size() > 1
            && kernel.rank() == 2
            && kernel.isOfEightBits()
            && !scale.isOfEightBits()
            && scale.length() == kernel.size(rows ? 0 : 1);
    if (!fits) {
      throw new MalformedModelFileException(
          "8-bit weights must be a matrix of bytes and a scale for each of its "
              + (rows ? "rows" : "columns"));
    }
    List<StoredArray> all = new ArrayList<>(stored.subList(0, stored.size() - 1));
    all.set(0, divided(kernel, scale, rows));
    return all;
  }

  private static StoredArray divided(StoredArray kernel, StoredArray scale, boolean rows) {
    float[] numbers = kernel.numbers();
    float[] scales = scale.numbers();
    int columns = (int) kernel.size(1);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] /= scales[rows ? i / columns : i % columns];
    }
    return StoredArray.of(FloatBuffer.wrap(numbers), kernel.shape());
  }
}
