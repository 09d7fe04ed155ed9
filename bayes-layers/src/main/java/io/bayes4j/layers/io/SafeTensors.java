package io.bayes4j.layers.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads and writes safetensors files. */
public final class SafeTensors {
  private SafeTensors() {}

  /** Reads a whole file. */
  public static TensorFile read(Path file) throws IOException {
    throw new UnsupportedOperationException("read " + file);
  }

  /** Writes a whole file. */
  public static void write(Path file, Map<String, INDArray> tensors, Map<String, String> metadata)
      throws IOException {
    throw new UnsupportedOperationException("write " + file + tensors + metadata);
  }
}
