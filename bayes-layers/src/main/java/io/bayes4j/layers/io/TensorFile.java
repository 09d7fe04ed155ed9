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
  private final Map<String, String> metadata;

  TensorFile(Map<String, INDArray> tensors, Map<String, String> metadata) {
    this.tensors = unmodifiableMap(new LinkedHashMap<>(tensors));
    this.metadata = unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** The tensors, unmodifiable; the arrays themselves are not copied. */
  public Map<String, INDArray> tensors() {
    return tensors;
  }

  /** The text, unmodifiable; empty if the file has none. */
  public Map<String, String> metadata() {
    return metadata;
  }
}
