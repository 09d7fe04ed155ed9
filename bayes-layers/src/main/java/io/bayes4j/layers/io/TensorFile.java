package io.bayes4j.layers.io;

import static java.util.Collections.unmodifiableMap;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The content of a safetensors file: tensors by name and text by key, both in the order of the
 * file.
 *
 * <p>Not a record, because two contents are equal only if they are the same object: ND4J compares
 * arrays with a tolerance, and computing the hash code of an empty array can crash the JVM.
 */
public final class TensorFile {
  private final Map<String, INDArray> tensors;
  private final Map<String, String> types;
  private final Map<String, String> metadata;

  /**
   * Holds them.
   *
   * @param types of all tensors, those that could not be read included
   */
  TensorFile(
      Map<String, INDArray> tensors, Map<String, String> types, Map<String, String> metadata) {
    this.tensors = unmodifiableMap(new LinkedHashMap<>(tensors));
    this.types = unmodifiableMap(new LinkedHashMap<>(types));
    this.metadata = unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** The tensors, unmodifiable; the arrays themselves are not copied. */
  public Map<String, INDArray> tensors() {
    return tensors;
  }

  /** The type of every tensor as the file names it, such as F32 or BF16; unmodifiable. */
  public Map<String, String> types() {
    return types;
  }

  /** The types of the tensors that were left out because there is no array for them. */
  public Map<String, String> unreadable() {
    Map<String, String> others = new LinkedHashMap<>(types);
    others.keySet().removeAll(tensors.keySet());
    return unmodifiableMap(others);
  }

  /** The text, unmodifiable; empty if the file has none. */
  public Map<String, String> metadata() {
    return metadata;
  }
}
