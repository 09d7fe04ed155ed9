package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network and a posterior of it in one safetensors file: the network's state by its own names,
 * the posterior's arrays behind a prefix, its settings as words.
 */
final class PosteriorFile {
  private static final String PREFIX = "posterior/";
  private static final String KIND = "bayes4j.posterior";
  private static final String WORD = "bayes4j.posterior.";

  private final Path file;
  private final Map<String, INDArray> state = new LinkedHashMap<>();
  private final Map<String, INDArray> arrays = new LinkedHashMap<>();
  private final Map<String, String> words;

  private PosteriorFile(Path file, TensorFile content) {
    this.file = file;
    this.words = content.metadata();
    content
        .tensors()
        .forEach(
            (name, array) -> {
              if (name.startsWith(PREFIX)) {
                arrays.put(name.substring(PREFIX.length()), array);
              } else {
                state.put(name, array);
              }
            });
  }

  static void write(
      Path file, String kind, Layer model, Map<String, INDArray> arrays, Map<String, ?> settings)
      throws IOException {
    StateDict.requireLoadable(model);
    Map<String, INDArray> all = new LinkedHashMap<>(StateDict.of(model));
    arrays.forEach((name, array) -> all.put(PREFIX + name, array));
    Map<String, String> words = new LinkedHashMap<>();
    words.put(KIND, kind);
    settings.forEach((name, value) -> words.put(WORD + name, String.valueOf(value)));
    SafeTensors.write(file, all, words);
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it is of another kind
   */
  static PosteriorFile read(Path file, String kind) throws IOException {
    PosteriorFile content = new PosteriorFile(file, SafeTensors.read(file));
    String found = content.words.get(KIND);
    Require.argument(
        kind.equals(found),
        "%s must hold a %s posterior and its network, but holds %s",
        file,
        kind,
        found == null ? "no posterior" : "a " + found + " posterior");
    return content;
  }

  /** The names of the posterior's arrays that have not been taken. */
  Map<String, INDArray> rest() {
    return arrays;
  }

  String word(String name) throws IOException {
    String word = words.get(WORD + name);
    if (word == null) {
      throw new IOException(file + ": the record of the posterior lacks " + WORD + name);
    }
    return word;
  }

  long number(String name, long least, long most) throws IOException {
    String word = word(name);
    try {
      long number = Long.parseLong(word);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw malformed(name, word, e);
    }
    throw malformed(name, word, null);
  }

  double finite(String name) throws IOException {
    String word = word(name);
    try {
      double number = Double.parseDouble(word);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw malformed(name, word, e);
    }
    throw malformed(name, word, null);
  }

  IOException malformed(String name, String word, @Nullable Exception cause) {
    return new IOException(
        file + ": the record of the posterior is malformed: " + WORD + name + " is " + word, cause);
  }

  /** An array of finite floats. */
  INDArray floats(String name, long... shape) {
    INDArray array = take(name, DataType.FLOAT, shape);
    FloatMemory memory = FloatMemory.of(array, name);
    try (Scratch scratch = Scratch.open()) {
      float[] chunk = scratch.array();
      for (long at = 0; at < memory.length(); at += Scratch.SIZE) {
        int n = (int) Math.min(Scratch.SIZE, memory.length() - at);
        memory.read(at, chunk, n);
        for (int i = 0; i < n; i++) {
          requireFinite(name, chunk[i], at + i);
        }
      }
    }
    return array;
  }

  /** Numbers that are finite and not negative. */
  double[] spreads(String name, int length) {
    double[] numbers = take(name, DataType.DOUBLE, length).data().asDouble();
    for (int i = 0; i < numbers.length; i++) {
      requireFinite(name, numbers[i], i);
      Require.argument(
          numbers[i] >= 0, "%s: %s must be >= 0, got %s at %d", file, name, numbers[i], i);
    }
    return numbers;
  }

  private void requireFinite(String name, double number, long at) {
    Require.argument(
        Double.isFinite(number), "%s: %s must be finite, got %s at %d", file, name, number, at);
  }

  private INDArray take(String name, DataType type, long... shape) {
    INDArray array = arrays.remove(name);
    Require.argument(
        array != null && array.dataType() == type && Arrays.equals(array.shape(), shape),
        "%s: the posterior's %s must be %s of shape %s, got %s",
        file,
        name,
        type,
        Require.text(shape),
        array == null ? "none" : array.dataType() + " of shape " + Require.text(array.shape()));
    return Objects.requireNonNull(array);
  }

  /** Writes the network's state into a model, if it fits and every array has been taken. */
  void load(Layer model) {
    Require.argument(
        arrays.isEmpty(), "%s holds arrays of no known use: %s", file, arrays.keySet());
    try {
      StateDict.load(model, state);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  Path file() {
    return file;
  }
}
