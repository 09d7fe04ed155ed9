package io.bayes4j.layers.io;

import static java.util.Collections.unmodifiableMap;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The content of a safetensors file: tensors by name and text by key, both in the order of the
 * file.
 *
 * @param tensors unmodifiable; the arrays themselves are not copied
 * @param metadata unmodifiable; empty if the file has none
 */
public record TensorFile(Map<String, INDArray> tensors, Map<String, String> metadata) {
  /** Copies both maps, keeping their order. */
  public TensorFile {
    tensors = unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = unmodifiableMap(new LinkedHashMap<>(metadata));
  }
}
