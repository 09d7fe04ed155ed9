package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.imports.format.MalformedModelFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

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
  static List<INDArray> floats(String type, Options options, List<INDArray> stored)
      throws MalformedModelFileException {
    Optional<String> mode = mode(options);
    boolean floats = stored.stream().allMatch(array -> array.dataType() == DataType.FLOAT);
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
    INDArray kernel = stored.get(0);
    INDArray scale = stored.get(stored.size() - 1);
    boolean fits =
        stored.size() > 1
            && kernel.rank() == 2
            && kernel.dataType() == DataType.INT8
            && scale.dataType() == DataType.FLOAT
            && scale.length() == kernel.size(rows ? 0 : 1);
    if (!fits) {
      throw new MalformedModelFileException(
          "8-bit weights must be a matrix of bytes and a scale for each of its "
              + (rows ? "rows" : "columns"));
    }
    List<INDArray> all = new ArrayList<>(stored.subList(0, stored.size() - 1));
    all.set(0, divided(kernel, scale, rows));
    return all;
  }

  private static INDArray divided(INDArray kernel, INDArray scale, boolean rows) {
    float[] numbers = Detached.cast(kernel, DataType.FLOAT).data().asFloat();
    float[] scales = scale.data().asFloat();
    int columns = (int) kernel.size(1);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] /= scales[rows ? i / columns : i % columns];
    }
    return Detached.of(numbers, kernel.shape());
  }
}
